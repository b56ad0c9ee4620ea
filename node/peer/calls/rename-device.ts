import { cleanDeviceName } from '../../accounts/device-name.ts'
import { withDeviceName } from '../../accounts/own-devices.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { CallContext } from './context.ts'

/** Gives a computer of the account another name, and returns the one it got. The others hear of it from the vault. */
export async function renameDevice(
  context: CallContext,
  deviceId: DeviceId,
  name: string,
): Promise<Result<{ name: string }>> {
  const signedIn = context.signedIn()
  if (!signedIn.ok) return signedIn
  const { vault } = signedIn.value
  const clean = cleanDeviceName(name)
  if (clean === '') return fail('bad_request', { reason: 'a computer needs a name' })
  if (!vault.contents.devices.some(({ device }) => device === deviceId)) return fail('device_unknown')
  const saved = await vault.update((contents) => withDeviceName(contents, deviceId, clean, Date.now()))
  if (!saved.ok) return saved
  return ok({ name: vault.contents.devices.find(({ device }) => device === deviceId)?.name ?? clean })
}
