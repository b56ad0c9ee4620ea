import { kithError } from '../../../node/contract/errors.ts'
import { poolIdSchema } from '../../../node/contract/ids.ts'
import type { ApiKey } from '../../../node/contract/keys.ts'
import { fail, ok } from '../../../node/contract/result.ts'
import type { AppState } from '../../../node/contract/state.ts'
import { fakeKey, fakeLimitStates, runningApi } from './fake-keys.ts'
import type { FakePeer } from './fake-peer.ts'

export const fakePlainKey = 'sk-kith-9f3a21-7c04d8-00c0ffee00c0ffee-Vb3kQz7YtR1mXw9LpHd2Ns8GfJc4Ua6E-5d1f'
/** Somebody else listens there. */
const takenPort = 8080

/** Keys, and the address they open. */
export function teachKeys(peer: FakePeer): void {
  function changeKey(keyId: string, change: (key: ApiKey) => ApiKey): void {
    peer.change(
      'keys',
      peer.state.keys.map((key) => (key.keyId === keyId ? change(key) : key)),
    )
  }

  function apiOf(settings: AppState['settings']): AppState['api'] {
    if (settings.isApiEnabled === false) return { state: 'off', url: null, error: null }
    if (settings.apiPort === takenPort) {
      return { state: 'failed', url: null, error: kithError('port_taken', { port: takenPort }) }
    }
    return settings.apiPort ? { ...runningApi, url: `http://127.0.0.1:${String(settings.apiPort)}/v1` } : runningApi
  }

  peer.on('settings.update', (change) => {
    peer.change('settings', { ...peer.state.settings, ...(change as Partial<AppState['settings']>) })
    if ('isApiEnabled' in change || 'apiPort' in change) peer.change('api', apiOf(peer.state.settings))
    return ok()
  })
  peer.on('key.create', ({ poolId, ...choice }) => {
    const nowMs = Date.now()
    const key = fakeKey(`made ${String(peer.sequence)}`, nowMs, {
      ...choice,
      poolId: poolIdSchema.parse(poolId),
      createdAtMs: nowMs,
      limitStates: fakeLimitStates(choice.limits, nowMs, 0),
    })
    peer.change('keys', [...peer.state.keys, key])
    return { ok: true, value: { key, plainKey: fakePlainKey } }
  })
  peer.on('key.update', ({ keyId, change }) => {
    changeKey(keyId, (key) => {
      const changed = { ...key, ...change }
      return { ...changed, limitStates: fakeLimitStates(changed.limits, Date.now(), 0.4) }
    })
    return ok()
  })
  peer.on('key.setEnabled', ({ keyId, isEnabled }) => {
    changeKey(keyId, (key) => ({ ...key, state: isEnabled ? 'enabled' : 'disabled' }))
    return ok()
  })
  peer.on('key.rotate', ({ keyId, overlapMs }) => {
    if (!peer.state.keys.some((key) => key.keyId === keyId)) return fail('key_unknown')
    const overlapUntilMs = overlapMs === 0 ? null : Date.now() + overlapMs
    changeKey(keyId, (key) => ({ ...key, overlapUntilMs }))
    return { ok: true, value: { plainKey: fakePlainKey } }
  })
  peer.on('key.revoke', ({ keyId }) => {
    changeKey(keyId, (key) => ({ ...key, state: 'revoked' }))
    return ok()
  })
  peer.on('key.takeHome', ({ keyId }) => {
    const homeDeviceId = peer.state.account.current?.deviceId
    if (homeDeviceId === undefined) return fail('not_signed_in')
    changeKey(keyId, (key) => ({ ...key, isHomeHere: true, homeDeviceId }))
    return ok()
  })
}
