import { SlowDown } from '../../accounts/slow-down.ts'
import { rootKeyFor, withDevices } from '../../accounts/own-devices.ts'
import type { Handlers } from '../../contract/api.ts'
import { fail, ok } from '../../contract/result.ts'
import { wipe } from '../../crypto/keys.ts'
import { linkToAccount } from '../../linking/linking-guest.ts'
import { confirmed } from './confirmed.ts'
import type { CallContext } from './context.ts'
import { enter } from './enter.ts'
import { renameDevice } from './rename-device.ts'

type DeviceCall =
  | 'account.startLinking'
  | 'account.cancelLinking'
  | 'account.linkDevice'
  | 'account.renameDevice'
  | 'account.unlinkDevice'
type PasswordCall =
  'account.changePassword' | 'account.setRemembered' | 'account.unlockRemembered' | 'account.setKeepSharing'

export function deviceCalls(context: CallContext): Handlers<DeviceCall | PasswordCall> {
  return { ...passwordCalls(context), ...linkingCalls(context) }
}

function passwordCalls(context: CallContext): Handlers<PasswordCall> {
  const { accounts, kept } = context

  return {
    // What it does to sessions is in caller-sessions.ts, which knows who asks.
    'account.changePassword': async ({ password, newPassword }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const { vault } = signedIn.value
      const changed = await accounts.changePassword(vault, password, newPassword)
      if (!changed.ok) return changed
      const renewed = await kept.renewRemembered(vault)
      await context.refreshAccounts()
      return renewed
    },

    'account.setRemembered': async ({ password, isRemembered }) => {
      const signedIn = await confirmed(context, password)
      if (!signedIn.ok) return signedIn
      const kept = await context.kept.setRemembered(signedIn.value.vault, isRemembered)
      await context.refreshAccounts()
      return kept
    },

    'account.unlockRemembered': async ({ accountId }) => {
      if (context.signedIn().ok) return fail('already_signed_in')
      const key = await kept.rememberedKey(accountId)
      if (!key.ok) return key
      const vault = await accounts.unlockWithKey(accountId, key.value)
      return vault.ok ? enter(context, vault.value) : vault
    },

    'account.setKeepSharing': async ({ password, isEnabled }) => {
      const signedIn = await confirmed(context, password)
      if (!signedIn.ok) return signedIn
      const set = await context.background.set(signedIn.value.vault, isEnabled)
      context.changes.invalidate('account')
      return set
    },
  }
}

function linkingCalls(context: CallContext): Handlers<DeviceCall> {
  const tries = new SlowDown(Date.now)
  let linking: AbortController | null = null

  return {
    'account.startLinking': async ({ password, recoveryPhrase }) => {
      const signedIn = await confirmed(context, password)
      if (!signedIn.ok) return signedIn
      const { vault, session } = signedIn.value
      const root = rootKeyFor(vault.contents, recoveryPhrase)
      return root.ok ? session.linkingHost.offer(root.value) : root
    },

    /** On either side: the code is over, or the search for its computer. */
    'account.cancelLinking': async () => {
      linking?.abort()
      const signedIn = context.signedIn()
      if (signedIn.ok) signedIn.value.session.linkingHost.cancel()
      return ok()
    },

    'account.linkDevice': async (choice) => {
      if (context.signedIn().ok) return fail('already_signed_in')
      const allowed = tries.check('link')
      if (!allowed.ok) return allowed
      linking?.abort()
      const controller = new AbortController()
      linking = controller
      const { accounts, dht, log } = context
      const vault = await linkToAccount(choice, { accounts, dht, log, nowMs: Date.now, signal: controller.signal })
      if (!vault.ok) {
        const { code } = vault.error
        const isGuess = code === 'link_code_expired' || code === 'link_unreachable'
        if (isGuess && !controller.signal.aborted) tries.failed('link')
        return vault
      }
      tries.succeeded('link')
      await context.refreshAccounts()
      return enter(context, vault.value)
    },

    'account.renameDevice': async ({ deviceId, name }) => renameDevice(context, deviceId, name),

    'account.unlinkDevice': async ({ deviceId, password, recoveryPhrase }) => {
      const signedIn = await confirmed(context, password)
      if (!signedIn.ok) return signedIn
      const { vault, session } = signedIn.value
      if (deviceId === vault.identity.deviceId) return fail('device_is_this')
      if (!vault.contents.devices.some(({ device }) => device === deviceId)) return fail('device_unknown')
      const root = rootKeyFor(vault.contents, recoveryPhrase)
      if (!root.ok) return root
      const saved = await vault.update((contents) => {
        const others = contents.devices.filter(({ device }) => device !== deviceId)
        return withDevices(contents, root.value, others, Date.now())
      })
      wipe(root.value.secretKey)
      if (!saved.ok) return saved
      await session.pools.showDeviceList()
      context.changes.invalidate('account', 'machines', 'pools')
      return ok()
    },
  }
}
