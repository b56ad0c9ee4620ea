import { fail, ok, type Result } from '../../../contract/result.ts'
import { readNewPassword } from '../../password.ts'
import type { Running } from '../../run-command.ts'

/**
 * Restores an account. The phrase is as secret as a password, so it is no argument either:
 * KITH_RECOVERY_PHRASE, or typed without being shown.
 */
export async function restore({ client, context, output }: Running, username: string): Promise<Result<void>> {
  const { env, terminal } = context.host
  const recoveryPhrase = env['KITH_RECOVERY_PHRASE'] || (await terminal.askHidden('Recovery phrase (12 words): '))
  if (!recoveryPhrase) return fail('phrase_invalid')
  const password = await readNewPassword(context)
  if (!password.ok) return password
  const restored = await client.call('account.restore', {
    username,
    password: password.value,
    recoveryPhrase: recoveryPhrase.trim(),
  })
  if (!restored.ok) return restored
  output.result({ type: 'restored', username }, `The account ${username} is back.`)
  return ok()
}
