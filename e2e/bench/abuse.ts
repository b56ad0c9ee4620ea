// What a hostile install costs whoever it attacks: every attack of `npm run test:evil`, one after the other.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { allAttacks } from '../evil/attacks/attacks.ts'
import { Ordeal, type Verdict } from '../evil/harness/ordeal.ts'
import { Random } from '../evil/harness/random.ts'
import { Scene } from '../evil/harness/scene.ts'
import { runPart } from '../evil/parts/run-part.ts'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'

/** Tells this file that it is the process of one install. */
const partArgument = 'part'

async function measure(cleanup: Cleanup): Promise<void> {
  const { values } = parseArgs({
    options: {
      /** Brings the variants of an earlier run back. */
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      /** Only attacks whose names hold this text. */
      only: { type: 'string', default: '' },
    },
  })
  const seed = Number(values.seed)
  console.log(`Seed ${seed}`)
  let scene: Scene | null = null
  const leave = async (): Promise<void> => {
    const last = scene
    scene = null
    await last?.close()
  }
  cleanup.add(leave)
  const verdicts: Verdict[] = []
  for (const attack of allAttacks.filter(({ name }) => name.includes(values.only))) {
    scene ??= await Scene.open([fileURLToPath(import.meta.url), partArgument])
    const verdict = await new Ordeal(scene, attack, new Random(seed)).run()
    console.log(`${attack.name}, as a ${attack.as}: ${JSON.stringify(verdict)}`)
    verdicts.push(verdict)
    // Who was harmed is no victim for the next attack.
    if (verdict.harms.length > 0) await leave()
  }
  report(verdicts)
}

function report(verdicts: readonly Verdict[]): void {
  const worst = (pick: (verdict: Verdict) => number): number => Math.max(0, ...verdicts.map(pick))
  console.log(
    JSON.stringify({
      loop_delay_max_ms: worst(({ loopDelayMaxMs }) => loopDelayMaxMs),
      rss_growth_mb: worst(({ rssGrowthMb }) => rssGrowthMb),
      streams_disturbed: verdicts.reduce((sum, { streamsDisturbed }) => sum + streamsDisturbed, 0),
      overshoot_requests: worst(({ overshootRequests }) => overshootRequests),
    }),
  )
}

if (process.argv[2] === partArgument) runPart()
else await runCleanly(measure)
