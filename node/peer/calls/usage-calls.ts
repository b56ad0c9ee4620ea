import type { Handlers } from '../../contract/api.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { UsageAnswers } from '../../usage/usage-answers.ts'
import type { CallContext } from './context.ts'

export function usageCalls(
  context: CallContext,
): Handlers<'usage.report' | 'usage.receipts' | 'usage.export' | 'usage.verify'> {
  async function answer<T>(step: (answers: UsageAnswers) => Promise<Result<T>>): Promise<Result<T>> {
    const signedIn = context.signedIn()
    return signedIn.ok ? step(signedIn.value.session.usage.ledger.answers) : signedIn
  }

  return {
    'usage.report': (question) => answer(async (answers) => ok(await answers.report(question))),
    'usage.receipts': (query) => answer(async (answers) => ok({ receipts: await answers.receipts(query) })),
    'usage.export': (range) => answer((answers) => answers.export(range)),
    'usage.verify': ({ poolId, month }) => answer(async (answers) => ok(await answers.verify(poolId, month))),
  }
}
