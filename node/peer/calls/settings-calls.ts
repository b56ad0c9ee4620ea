import { withOwnName } from '../../accounts/own-devices.ts'
import type { Handlers } from '../../contract/api.ts'
import { ok } from '../../contract/result.ts'
import type { CallContext } from './context.ts'

export function settingsCalls(context: CallContext): Handlers<'state.snapshot' | 'sharing.set' | 'settings.update'> {
  return {
    'state.snapshot': async () => ok(context.snapshot()),

    'sharing.set': async ({ isEnabled }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      await signedIn.value.session.setSharing(isEnabled)
      context.changes.invalidate('sharing', 'machines')
      return ok()
    },

    'settings.update': async (change) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      await signedIn.value.session.settings.update(change)
      if (change.engineSlots) context.hub.setSlots(change.engineSlots)
      const name = change.deviceName?.trim()
      // The other devices of the account hear the name from the vault.
      const named = name ? await signedIn.value.vault.update((contents) => withOwnName(contents, name)) : ok()
      if (change.deviceName !== undefined) signedIn.value.session.processor.enforce()
      await signedIn.value.session.api.refresh()
      context.changes.invalidate('settings', 'machines', 'account')
      return named
    },
  }
}
