import type { Handlers } from '../../contract/api.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { UsageQueries } from '../../usage/usage-queries.ts'
import type { CallContext } from './context.ts'

export function usageCalls(
  context: CallContext,
): Handlers<'usage.report' | 'usage.receipts' | 'usage.export' | 'usage.verify'> {
  async function answer<T>(step: (queries: UsageQueries) => Promise<Result<T>>): Promise<Result<T>> {
    const signedIn = context.signedIn()
    return signedIn.ok ? step(signedIn.value.session.usage.ledger.queries) : signedIn
  }

  return {
    'usage.report': (question) => answer(async (queries) => ok(await queries.report(question))),
    'usage.receipts': (query) => answer(async (queries) => ok({ receipts: await queries.receipts(query) })),
    'usage.export': (range) => answer((queries) => queries.export(range)),
    'usage.verify': ({ poolId, month }) => answer(async (queries) => ok(await queries.verify(poolId, month))),
  }
}
