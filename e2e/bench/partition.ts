// Three installs of which one is cut off for a while: how soon the counts of all agree once they meet again.
import { parseArgs } from 'node:util'
import { ThreeInstalls } from '../../node/peer/testing/three-installs.ts'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'

const { values } = parseArgs({
  options: {
    /** How long the laptop is away, at least. */
    seconds: { type: 'string', default: '30' },
    /** Answers on each side during that time. */
    answers: { type: 'string', default: '10' },
  },
})

async function measure(cleanup: Cleanup): Promise<void> {
  const answers = Number(values.answers)
  const installs = await ThreeInstalls.start(10 * answers)
  cleanup.add(() => installs.remove())
  const { ada, desk, laptop } = installs
  const ask = async (name: 'desk' | 'laptop'): Promise<void> => {
    const status = await installs.askWithKey(installs[name])
    if (status !== 200) throw new Error(`The ${name} was refused with ${status}`)
  }
  // Each asks once before, so that the laptop holds its share of the key's limit.
  await ask('desk')
  await ask('laptop')
  for (const peer of [desk, laptop]) await installs.untilCounts(peer, ({ consumed }) => consumed.requests === 2)
  console.log(`Cutting the laptop off for ${values.seconds} s …`)
  await installs.cut()
  const cutMs = performance.now()
  for (let count = 1; count <= answers; count += 1) {
    await Promise.all([ask('desk'), ask('laptop')])
    const restMs = cutMs + (Number(values.seconds) * 1_000 * count) / answers - performance.now()
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, restMs)))
  }
  const partitionMs = performance.now() - cutMs
  // Each side has counted its own by now, and knows nothing of the other.
  for (const peer of [desk, laptop]) {
    await installs.untilCounts(peer, ({ consumed }) => consumed.requests === answers + 2)
  }

  const healedMs = performance.now()
  await installs.heal()
  const total = 2 * answers + 2
  const [one, other] = await Promise.all(
    [desk, laptop].map((peer) => installs.untilCounts(peer, ({ consumed }) => consumed.requests === total)),
  )
  const convergenceMs = performance.now() - healedMs
  const receipts = await installs.receipts(desk, 'consumed')
  const { served } = await installs.counts(ada)
  const ofAda = receipts.filter(({ machineName }) => machineName !== 'Laptop')
  const tokens = receipts.reduce((sum, { completionTokens }) => sum + completionTokens, 0)
  if (
    JSON.stringify(one) !== JSON.stringify(other) ||
    new Set(receipts.map(({ attemptId }) => attemptId)).size !== total ||
    one?.consumed.completionTokens !== tokens ||
    served.requests !== ofAda.length
  ) {
    throw new Error(`Counts differ: ${JSON.stringify({ one, other, served, receipts: receipts.length, tokens })}`)
  }
  console.log(
    JSON.stringify({
      convergence_ms: Math.round(convergenceMs),
      partition_ms: Math.round(partitionMs),
      answers: total,
      tokens: one.consumed.promptTokens + tokens,
      counts_exact: true,
    }),
  )
}

await runCleanly(measure)
