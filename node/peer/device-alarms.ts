import type { KeptAccounts } from '../accounts/kept-accounts.ts'
import { whyUnlinked } from '../accounts/own-devices.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Log } from '../base/log.ts'
import type { Serial } from '../base/serial.ts'
import { fail } from '../contract/result.ts'
import type { AccountSession } from './account-session.ts'
import type { BackgroundSharing } from './background-sharing.ts'
import type { Events } from './events.ts'
import type { SessionOpener } from './session-opener.ts'
import type { SliceChanges } from './state/slice-changes.ts'

export interface DeviceAlarmsOptions {
  readonly opener: Pick<SessionOpener, 'doubted' | 'unlinked'>
  readonly session: AccountSession
  readonly background: BackgroundSharing
  /** One step after the other, with signing in and out. */
  readonly serial: Serial
  readonly kept: KeptAccounts
  readonly events: Events
  readonly changes: SliceChanges
  readonly log: Log
}

/** Does what must follow when this device can no longer be what it was. */
export function followDeviceAlarms(options: DeviceAlarmsOptions): void {
  options.opener.doubted.add((vault) => later(options, 'replacing the device key', () => replaceDevice(options, vault)))
  options.opener.unlinked.add((vault) => later(options, 'signing out an unlinked device', () => unlink(options, vault)))
}

/** A core of ours grew without us. Only somebody who signs in can give this install a new device key. */
async function replaceDevice({ session, background, events }: DeviceAlarmsOptions, vault: Vault): Promise<void> {
  if (background.current?.vault === vault) await background.close()
  if (session.current?.vault !== vault || vault.isCopied) return
  const opened = await session.openAsNewDevice(vault)
  if (!opened.ok) await vault.lock()
  events.emit('notice', { error: opened.ok ? fail('profile_copied').error : opened.error })
}

/** The account has unlinked this device: nothing of it works here any more, with or without a password. */
async function unlink(options: DeviceAlarmsOptions, vault: Vault): Promise<void> {
  const { session, background, kept, events, log } = options
  const running = session.current ?? background.current
  if (running?.vault !== vault) return
  await background.forget()
  const forgotten = await kept.forget(vault)
  if (!forgotten.ok) log.warn({ code: forgotten.error.code }, 'kept keys could not be deleted')
  const error = whyUnlinked(vault.contents)
  await session.signOut()
  events.emit('notice', { error })
}

function later({ serial, changes, log }: DeviceAlarmsOptions, what: string, step: () => Promise<void>): void {
  const failed = (cause: unknown): void => log.error({ cause }, `${what} failed`)
  serial
    .run(async () => {
      await step()
      changes.invalidateAll()
    })
    .catch(failed)
}
