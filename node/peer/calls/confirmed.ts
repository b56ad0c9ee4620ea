import type { Result } from '../../contract/result.ts'
import type { CallContext, SignedIn } from './context.ts'

/** Whoever is signed in, once their password has been given: before a call that hands out power. */
export async function confirmed(context: CallContext, password: string): Promise<Result<SignedIn>> {
  const signedIn = context.signedIn()
  if (!signedIn.ok) return signedIn
  const right = await context.accounts.confirmPassword(signedIn.value.vault, password)
  return right.ok ? signedIn : right
}
