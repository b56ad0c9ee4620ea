import type { Handlers } from '../../contract/api.ts'
import { ok } from '../../contract/result.ts'
import type { CallContext } from './context.ts'
import { renameDevice } from './rename-device.ts'

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

    'settings.update': async ({ deviceName, ...change }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const { vault, session } = signedIn.value
      await session.settings.update(change)
      if (change.engineSlots) context.hub.setSlots(change.engineSlots)
      await session.api.refresh()
      context.changes.invalidate('settings')
      if (deviceName === undefined) return ok()
      const renamed = await renameDevice(context, vault.identity.deviceId, deviceName)
      return renamed.ok ? ok() : renamed
    },
  }
}
