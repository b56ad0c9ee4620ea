import type { ContractClient } from '../contract/api.ts'
import { type Result } from '../contract/result.ts'
import type { CommandContext } from './command-context.ts'
import type { Output } from './output.ts'
import { openSession, type Session } from './session.ts'
import { signIn } from './sign-in.ts'
import { watchState, type StateView } from './state-view.ts'

/** What the body of a command works with. */
export interface Running {
  readonly context: CommandContext
  readonly output: Output
  readonly client: ContractClient
  readonly session: Session
  readonly view: StateView
  /** Fires when the command is to end. */
  readonly signal: AbortSignal
}

/** `needed` fails without an account; `offered` uses a password that was given; `none` leaves accounts alone. */
export type SignInWish = 'needed' | 'offered' | 'none'

/** Opens a session, signs in, runs the command and closes whatever was opened, in every case. */
export async function runWithSession(
  context: CommandContext,
  wish: SignInWish,
  body: (running: Running) => Promise<Result<void>>,
): Promise<Result<void>> {
  const session = await openSession(context)
  if (!session.ok) return session
  try {
    const view = await watchState(session.value.client)
    if (!view.ok) return view
    try {
      const signedIn = await wishedSignIn(context, wish, session.value, view.value)
      if (!signedIn.ok) return signedIn
      return await body({
        context,
        output: context.output,
        client: session.value.client,
        session: session.value,
        view: view.value,
        signal: session.value.signal,
      })
    } finally {
      view.value.close()
    }
  } finally {
    await session.value.close()
  }
}

async function wishedSignIn(
  context: CommandContext,
  wish: SignInWish,
  session: Session,
  view: StateView,
): Promise<Result<void>> {
  const isOffered = wish === 'offered' && session.isOwnPeer && view.state.account.accounts.length > 0
  if (wish === 'needed') return signIn(context, session, view, { isAsking: true })
  if (!isOffered) return { ok: true, value: undefined }
  const tried = await signIn(context, session, view, { isAsking: false })
  // Without a password, the command shows what it can.
  const isOptional = !tried.ok && (tried.error.code === 'not_signed_in' || tried.error.code === 'choice_needed')
  return isOptional ? { ok: true, value: undefined } : tried
}
