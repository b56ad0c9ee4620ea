import type { ContractClient } from '../contract/api.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { AppState } from '../contract/state.ts'
import type { CommandContext } from './command-context.ts'
import { givenPassword, readPassword } from './password.ts'
import type { Session } from './session.ts'
import type { StateView } from './state-view.ts'

/**
 * Makes sure that somebody is signed in.
 *
 * A peer that runs already is left as it is: unlocking it is for `kith account unlock` and the window.
 * `isAsking` false takes a password that was given, but asks nobody.
 */
export async function signIn(
  context: CommandContext,
  session: Session,
  view: StateView,
  { isAsking }: { isAsking: boolean },
): Promise<Result<void>> {
  const current = view.state.account.current
  const wanted = context.options.account
  if (current) {
    if (wanted === undefined || wanted === current.username) return ok()
    return fail('bad_request', { reason: `"${current.username}" is signed in, not "${wanted}"` })
  }
  if (!session.isOwnPeer) {
    context.output.note('Kith is running, but nobody is signed in there: use its window or "kith account unlock".')
    return fail('not_signed_in')
  }
  const username = chooseAccount(view.state, wanted)
  if (!username.ok) return username
  const password = isAsking
    ? await readPassword(context, passwordQuestion(username.value))
    : await givenPassword(context)
  if (!password.ok) return password
  if (password.value === null) return fail('not_signed_in')
  return unlock(session.client, view, { username: username.value, password: password.value }, context.host.signal)
}

export function passwordQuestion(username: string): string {
  return `Password of ${username}: `
}

/** The account to open: the named one, or the only one. */
export function chooseAccount(state: AppState, wanted: string | undefined): Result<string> {
  const names = state.account.accounts.map(({ username }) => username)
  if (wanted !== undefined) return ok(wanted)
  const [only, ...others] = names
  if (only === undefined) return fail('account_none')
  if (others.length === 0) return ok(only)
  return fail('choice_needed', { kind: 'account', choices: names.join(', ').slice(0, 400), option: '--account' })
}

/** Unlocks, and waits until the state shows it, so that the pools are there for what follows. */
export async function unlock(
  client: ContractClient,
  view: StateView,
  credentials: { username: string; password: string },
  signal: AbortSignal,
): Promise<Result<void>> {
  const unlocked = await client.call('account.unlock', credentials)
  if (unlocked.ok) await untilSignedIn(view, signal)
  return unlocked
}

/** Waits until the state names who is signed in. */
export async function untilSignedIn(view: StateView, signal: AbortSignal): Promise<void> {
  await view.waitFor(({ account, pools }) => (account.current && pools.length > 0 ? true : null), 5_000, signal)
}
