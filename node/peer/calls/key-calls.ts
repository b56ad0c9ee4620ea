import type { Handlers } from '../../contract/api.ts'
import type { Result } from '../../contract/result.ts'
import type { KeyActions } from '../../keys/key-actions.ts'
import type { CallContext } from './context.ts'

export function keyCalls(
  context: CallContext,
): Handlers<'key.create' | 'key.update' | 'key.setEnabled' | 'key.rotate' | 'key.revoke' | 'key.takeHome'> {
  async function act<T>(step: (actions: KeyActions) => Promise<Result<T>>): Promise<Result<T>> {
    const signedIn = context.signedIn()
    return signedIn.ok ? step(signedIn.value.session.keys.actions) : signedIn
  }

  return {
    'key.create': async ({ poolId, ...choice }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.keys.create(poolId, choice) : signedIn
    },
    'key.update': ({ keyId, change }) => act((actions) => actions.update(keyId, change)),
    'key.setEnabled': ({ keyId, isEnabled }) => act((actions) => actions.setEnabled(keyId, isEnabled)),
    'key.rotate': ({ keyId, overlapMs }) => act((actions) => actions.rotate(keyId, overlapMs)),
    'key.revoke': ({ keyId }) => act((actions) => actions.revoke(keyId)),
    'key.takeHome': ({ keyId }) => act((actions) => actions.takeHome(keyId)),
  }
}
