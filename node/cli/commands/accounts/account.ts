import type { Command } from 'commander'
import { ok, type Result } from '../../../contract/result.ts'
import { readNewPassword, readPassword } from '../../password.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'
import { chooseAccount, passwordQuestion, unlock } from '../../sign-in.ts'
import { restore } from './account-restore.ts'

/** `kith account …` */
export function addAccountCommands(program: Command, perform: Perform): void {
  const account = program.command('account').description('the accounts of this install')
  const add = (usage: string, description: string, body: (running: Running, name?: string) => Promise<Result<void>>) =>
    account
      .command(usage)
      .description(description)
      .action((...given: unknown[]) => {
        const command = given.at(-1) as Command
        const name = typeof given[0] === 'string' ? given[0] : undefined
        return perform(command, (context) => runWithSession(context, 'none', (running) => body(running, name)))
      })
  add('list', 'the accounts of this install', (running) => Promise.resolve(list(running)))
  add('sign-up <name>', 'make an account; prints its recovery phrase once', (running, name = '') =>
    signUp(running, name),
  )
  add('unlock [name]', 'sign in at the Kith that runs with this profile', unlockRunning)
  account
    .command('restore <name>')
    .description('bring an account back with its recovery phrase')
    .option('--others-lost', 'unlink all other computers of the account, because they are lost or stolen')
    .action((name: string, { othersLost = false }: { othersLost?: boolean }, command: Command) =>
      perform(command, (context) => runWithSession(context, 'none', (running) => restore(running, name, othersLost))),
    )
  add('log-out', 'sign out at the Kith that runs with this profile', logOut)
}

export async function logOut({ client, output }: Running): Promise<Result<void>> {
  const done = await client.call('account.logOut', {})
  if (done.ok) output.result({ type: 'logged-out' }, 'Logged out.')
  return done
}

function list({ view, output }: Running): Result<void> {
  const { accounts, current } = view.state.account
  const isCurrent = (accountId: string): boolean => current?.accountId === accountId
  for (const one of accounts) output.event({ type: 'account', ...one, isSignedIn: isCurrent(one.accountId) })
  if (output.isJson) return ok()
  const rows = accounts.map((one) => [one.username, one.tag, isCurrent(one.accountId) ? 'signed in' : ''])
  output.result({ type: 'accounts' }, rows.length > 0 ? table(rows) : 'There is no account with this profile yet.')
  return ok()
}

export async function signUp({ client, context, output }: Running, username: string): Promise<Result<void>> {
  const password = await readNewPassword(context)
  if (!password.ok) return password
  const made = await client.call('account.signUp', { username, password: password.value })
  if (!made.ok) return made
  const { recoveryPhrase } = made.value
  output.note('Write these words down and keep them safe. They are the only way back when the password is lost:')
  output.result({ type: 'signed-up', username, recoveryPhrase }, recoveryPhrase)
  return ok()
}

export async function unlockRunning(
  { client, context, view, output, session, signal }: Running,
  name?: string,
): Promise<Result<void>> {
  const username = chooseAccount(view.state, name ?? context.options.account)
  if (!username.ok) return username
  const password = await readPassword(context, passwordQuestion(username.value))
  if (!password.ok) return password
  const unlocked = await unlock(client, view, { username: username.value, password: password.value }, signal)
  if (!unlocked.ok) return unlocked
  output.result({ type: 'unlocked', username: username.value }, `Signed in as ${username.value}.`)
  if (session.isOwnPeer) output.note('No Kith runs with this profile, so this was only a test: start "kith serve".')
  return ok()
}
