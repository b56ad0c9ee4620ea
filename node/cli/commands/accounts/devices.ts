import type { Command } from 'commander'
import { z } from 'zod'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { OwnDeviceView } from '../../../contract/accounts.ts'
import { addAction } from '../../add-action.ts'
import { findOne } from '../../find-one.ts'
import { text } from '../../option-values.ts'
import { table } from '../../output.ts'
import { neededPhrase, readNewPassword, readPassword } from '../../password.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { passwordQuestion } from '../../sign-in.ts'
import { offerLink } from './devices-link.ts'

/** `kith devices …`: the installs of this account. */
export function addDevicesCommands(program: Command, perform: Perform): void {
  const devices = program.command('devices').description('the computers of this account')
  addAction(devices, perform, {
    usage: 'list',
    description: 'the computers of this account',
    run: (running) => Promise.resolve(list(running)),
  })
  addAction(devices, perform, {
    usage: 'link [code]',
    description: 'show a code for one more computer; with the code, make this install a computer of that account',
    wish: 'offered',
    options: (command) => {
      command.option('--name <name>', 'what to call this computer', text(80))
      return z.object({ name: z.string().optional() })
    },
    run: (running, { args: [code], options }) =>
      code === undefined ? offerLink(running) : useCode(running, code, options.name),
  })
  addAction(devices, perform, {
    usage: 'rename <device> <name>',
    description: 'give a computer of the account another name, by its name or tag; "this" is the one you are using',
    run: rename,
  })
  addAction(devices, perform, {
    usage: 'unlink <device>',
    description: 'put a computer out of the account, by its name or tag',
    run: unlink,
  })
}

function list({ view, output }: Running): Result<void> {
  const devices = view.state.account.current?.devices ?? []
  for (const device of devices) output.event({ type: 'device', ...device })
  if (output.isJson) return ok()
  const rows = devices.map((device) => [
    device.name,
    device.deviceId.slice(0, 6),
    `since ${new Date(device.addedAtMs).toISOString().slice(0, 10)}`,
    device.isSelf ? 'this computer' : device.isConnected ? 'connected' : 'not connected',
  ])
  output.result({ type: 'devices' }, table(rows))
  return ok()
}

/** On the new computer: joins the account that shows the code, with a password for this install. */
async function useCode({ client, context, view, output }: Running, code: string, name?: string): Promise<Result<void>> {
  const password = await readNewPassword(context)
  if (!password.ok) return password
  const deviceName = name ?? view.state.settings.deviceName
  const linked = await client.call('account.linkDevice', { code, password: password.value, deviceName })
  if (!linked.ok) return linked
  output.result({ type: 'device-linked', deviceName }, 'This computer is a device of the account now.')
  return ok()
}

async function rename(
  { client, view, output }: Running,
  { args: [device = '', name = ''] }: { readonly args: readonly string[] },
): Promise<Result<void>> {
  const { current } = view.state.account
  if (!current) return fail('not_signed_in')
  const self = current.devices.find(({ isSelf }) => isSelf)
  const found = device === 'this' && self ? ok(self) : findDevice(current.devices, device)
  if (!found.ok) return found
  const { deviceId } = found.value
  const renamed = await client.call('account.renameDevice', { deviceId, name })
  if (!renamed.ok) return renamed
  const given = renamed.value.name
  output.result({ type: 'device-renamed', deviceId, name: given }, `"${found.value.name}" is called "${given}" now.`)
  return ok()
}

async function unlink(
  { client, context, view, output }: Running,
  { args: [name = ''] }: { readonly args: readonly string[] },
): Promise<Result<void>> {
  const { current } = view.state.account
  if (!current) return fail('not_signed_in')
  const found = findDevice(current.devices, name)
  if (!found.ok) return found
  const { deviceId } = found.value
  const password = await readPassword(context, passwordQuestion(current.username))
  if (!password.ok) return password
  const phrase = await neededPhrase(context, current.hasRootKey)
  const unlinked = await client.call('account.unlinkDevice', { deviceId, password: password.value, ...phrase })
  if (!unlinked.ok) return unlinked
  output.result({ type: 'device-unlinked', deviceId }, `"${found.value.name}" is no longer a device of this account.`)
  return ok()
}

function findDevice(devices: readonly OwnDeviceView[], name: string): Result<OwnDeviceView> {
  return findOne(devices, name, {
    kind: 'device',
    option: 'its tag',
    name: (device) => device.name,
    id: (device) => device.deviceId,
    none: () => fail('device_unknown'),
  })
}
