import { delay } from '../../../node/base/deadline.ts'
import type { UsageTotals } from '../../../node/contract/usage.ts'
import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'
import type { Person, Scene } from '../harness/scene.ts'

const requests = 3
const deadlineMs = 10_000
/** How long forged receipts get to be counted, if they are. */
const countedMs = 1_500

/** A gateway returns receipts twice, raised, and of requests that it never sent, in its own name and another's. */
function lyingReceipts(name: string, as: 'member' | 'processor'): Attack {
  return {
    name,
    as,
    async run(scene, random) {
      const { victim, honest, poolId, ground } = scene
      const { model } = ground.engines.steady
      const culprit = await scene.hostile(as, ['lyingGateway'])
      const key = await makeKey(culprit, poolId, {})
      const text = questionFor({ tag: 'true receipts', tokens: 5, tokenMs: 1, firstTokenMs: 0 })
      for (let index = 0; index < requests; index += 1) await askWithKey(culprit, key, { model, text, maxTokens: 50 })
      const before = await untilServed(victim, culprit)
      const others = await totalsOfOthers(scene)
      const report = await scene.attack(culprit, 'lyingGateway', {
        ...{ ...scene.target(random.seed), model, otherAccountId: honest.accountId },
      })
      await delay(countedMs)
      const harms = differences('what the victim served', before, await servedTo(victim, culprit))
      for (const [what, totals] of await totalsOfOthers(scene)) harms.push(...forgedIn(what, others.get(what), totals))
      if (report.raised['kept'] || report.invented['kept']) harms.push('the victim has kept a receipt that lies')
      const said = [report.again, report.raised, report.invented].flatMap((replies) => Object.values(replies))
      const isWhole = report.returned > 0 && report.written > 0 && said.length > 0
      return { attempts: isWhole ? said.reduce((sum, times) => sum + times, 0) : 0, culprit: null, harms }
    },
  }
}

async function usageOf({ install }: Person, direction: 'served' | 'consumed') {
  const range = { poolId: null, direction, fromMs: 0, toMs: Date.now() + 86_400_000 }
  return install.call('usage.report', { ...range, grain: 'month', groupBy: 'account' })
}

async function servedTo(victim: Person, { accountId }: Person): Promise<UsageTotals> {
  const groups = (await usageOf(victim, 'served')).buckets.flatMap((bucket) => bucket.groups)
  const none = { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0 }
  const { requests, failures, promptTokens, completionTokens } = groups.find(({ id }) => id === accountId) ?? none
  return { requests, failures, promptTokens, completionTokens }
}

async function untilServed(victim: Person, culprit: Person): Promise<UsageTotals> {
  const dueMs = performance.now() + deadlineMs
  for (;;) {
    const totals = await servedTo(victim, culprit)
    if (totals.requests === requests || performance.now() > dueMs) return totals
    await delay(200)
  }
}

/** What honest people have used and served, as each of them sees it. */
async function totalsOfOthers({ victim, honest }: Scene): Promise<ReadonlyMap<string, UsageTotals>> {
  return new Map([
    ['what the victim has used', (await usageOf(victim, 'consumed')).totals],
    ['what the other member has used', (await usageOf(honest, 'consumed')).totals],
    ['what the other member was served', await servedTo(victim, honest)],
  ])
}

/** The other member goes on reading, so that one of its requests may have ended meanwhile. */
function forgedIn(what: string, before: UsageTotals | undefined, after: UsageTotals): string[] {
  return after.requests - (before?.requests ?? 0) > 1 ? differences(what, before, after) : []
}

function differences(what: string, before: UsageTotals | undefined, after: UsageTotals): string[] {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)]
  return was === is ? [] : [`${what} was ${was} and is ${is}`]
}

export const receipts: readonly Attack[] = [
  lyingReceipts('receipts twice, raised, and of requests never sent', 'member'),
  variant(lyingReceipts('the same receipts from a computer that shares', 'processor')),
]
