import { fail, ok, type Result } from '../../../contract/result.ts'
import { neededPhrase, readPassword } from '../../password.ts'
import type { Running } from '../../run-command.ts'
import { passwordQuestion } from '../../sign-in.ts'

/** Shows a code, and waits until another computer has used it, it has expired, or Ctrl-C. */
export async function offerLink({ client, context, view, output, signal }: Running): Promise<Result<void>> {
  const { current } = view.state.account
  if (!current) return fail('not_signed_in')
  const password = await readPassword(context, passwordQuestion(current.username))
  if (!password.ok) return password
  const phrase = await neededPhrase(context, current.hasRootKey)
  const known = new Set(current.devices.map(({ deviceId }) => deviceId))
  const started = await client.call('account.startLinking', { password: password.value, ...phrase })
  if (!started.ok) return started
  const { code, expiresAtMs } = started.value
  output.result({ type: 'device-link', code, expiresAtMs }, code)
  output.note(`On the other computer: ${context.host.commandName} devices link "${code}"`)
  output.note(`The code is good until ${new Date(expiresAtMs).toISOString()}. Ctrl-C takes it back.`)
  const added = await view.waitFor(
    ({ account }) => account.current?.devices.find(({ deviceId }) => !known.has(deviceId)) ?? null,
    Math.max(0, expiresAtMs - Date.now()),
    signal,
  )
  if (added) {
    output.result(
      { type: 'device-linked', deviceId: added.deviceId, deviceName: added.name },
      `"${added.name}" is linked.`,
    )
    return ok()
  }
  if (!signal.aborted) return fail('link_code_expired')
  if (context.host.signal.aborted) await client.call('account.cancelLinking', {})
  return fail(context.host.signal.aborted ? 'stopped' : 'peer_stopped')
}
