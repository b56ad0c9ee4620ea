import { writeFile } from 'node:fs/promises'
import { codeOf } from '../../../base/files.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { CommandContext, OwnPeer } from '../../command-context.ts'
import { givenPassword, readNewPassword, readPassword } from '../../password.ts'
import { chooseAccount, passwordQuestion, unlock, untilSignedIn } from '../../sign-in.ts'
import type { StateView } from '../../state-view.ts'
import type { ServeOptions } from './serve.ts'

/**
 * Opens the account of a service: makes it where `--sign-up` asks for it, unlocks it otherwise.
 *
 * Returns who is signed in; null where no password was given, so that somebody must unlock it later.
 */
export async function openAccount(
  context: CommandContext,
  peer: OwnPeer,
  view: StateView,
  options: ServeOptions,
): Promise<Result<string | null>> {
  const { accounts, current, sharingAs } = view.state.account
  if (current) return ok(current.username)
  const { signUp } = options
  if (signUp !== undefined && !accounts.some(({ username }) => username === signUp)) {
    return makeAccount(context, peer, view, signUp, options.phraseFile)
  }
  if (accounts.length === 0) return ok(null)
  const username = chooseAccount(view.state, signUp ?? context.options.account)
  if (!username.ok) return username
  const password = await passwordToServe(context, username.value, { isAsking: sharingAs === null })
  if (!password.ok) return password
  if (password.value === null) return ok(null)
  const unlocked = await unlock(peer, view, { username: username.value, password: password.value }, context.host.signal)
  return unlocked.ok ? ok(username.value) : unlocked
}

/** A service without a password and without a person starts locked rather than not at all. */
async function passwordToServe(
  context: CommandContext,
  username: string,
  { isAsking }: { isAsking: boolean },
): Promise<Result<string | null>> {
  const given = await givenPassword(context)
  if (!given.ok) return given
  if (given.value !== null) {
    const file = context.host.env['KITH_PASSWORD_FILE']
    if (file) context.output.note(`The password comes from ${file}: whoever can read that file can open this account.`)
    return given
  }
  // Sharing while signed out needs no password; a password that is given signs in nevertheless.
  if (!isAsking) return ok(null)
  const typed = await readPassword(context, passwordQuestion(username))
  return !typed.ok && typed.error.code === 'password_needed' ? ok(null) : typed
}

async function makeAccount(
  context: CommandContext,
  peer: OwnPeer,
  view: StateView,
  username: string,
  phraseFile: string | undefined,
): Promise<Result<string>> {
  const password = await readNewPassword(context)
  if (!password.ok) return password
  const made = await peer.call('account.signUp', { username, password: password.value })
  if (!made.ok) return made
  await untilSignedIn(view, context.host.signal)
  const { recoveryPhrase } = made.value
  const isFiled = phraseFile !== undefined && (await keepPhrase(context, phraseFile, recoveryPhrase))
  if (!isFiled) {
    context.output.note('This is the recovery phrase. It is shown once: write it down and keep it safe.')
    context.output.note(`  ${recoveryPhrase}`)
  }
  return ok(username)
}

/** Never overwrites: the file may hold the phrase of another account. */
async function keepPhrase({ output }: CommandContext, path: string, phrase: string): Promise<boolean> {
  try {
    await writeFile(path, `${phrase}\n`, { mode: 0o600, flag: 'wx' })
    output.note(`The recovery phrase is in ${path}. Move it to a safe place.`)
    return true
  } catch (cause) {
    output.note(`kith: ${fail('storage_failed', { reason: `${path}: ${codeOf(cause) ?? 'unknown'}` }).error.message}`)
    return false
  }
}
