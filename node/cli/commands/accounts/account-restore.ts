import { fail, ok, type Result } from '../../../contract/result.ts'
import { readNewPassword } from '../../password.ts'
import type { Running } from '../../run-command.ts'

const lostQuestion =
  'Are your other computers lost or stolen? "yes" signs them out and unlinks them; otherwise they go on. [no] '

/**
 * Restores an account. The phrase is as secret as a password, so it is no argument either:
 * KITH_RECOVERY_PHRASE, or typed without being shown.
 */
export async function restore(
  { client, context, output }: Running,
  username: string,
  othersLost: boolean,
): Promise<Result<void>> {
  const { env, terminal } = context.host
  const recoveryPhrase = env['KITH_RECOVERY_PHRASE'] || (await terminal.askHidden('Recovery phrase (12 words): '))
  if (!recoveryPhrase) return fail('phrase_invalid')
  const areOthersLost = othersLost || /^y(es)?$/i.test((await terminal.ask(lostQuestion))?.trim() ?? '')
  const password = await readNewPassword(context)
  if (!password.ok) return password
  const restored = await client.call('account.restore', {
    username,
    password: password.value,
    recoveryPhrase: recoveryPhrase.trim(),
    areOthersLost,
  })
  if (!restored.ok) return restored
  const others = areOthersLost
    ? 'Its other computers are unlinked, and sign out as soon as they hear of it.'
    : 'Its other computers go on as before. This one joins them as soon as it meets one of them.'
  output.note(others)
  output.result({ type: 'restored', username, areOthersLost }, `The account ${username} is back.`)
  return ok()
}
