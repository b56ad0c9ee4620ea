import { variant, type Attack } from '../attack.ts'
import type { Scene } from '../harness/scene.ts'
import type { Poison } from '../hostile/poisoned-bees.ts'

/** A core of one’s own, with blocks that freeze whoever walks it. */
function poisonedBee(poison: Poison, as: 'guest' | 'member' | 'gateway', kind: 'member' | 'usage' = 'member'): Attack {
  const blocks = poison === 'random' ? 'blocks drawn at random' : poison
  return {
    name: kind === 'member' ? blocks : `${blocks}, in a usage bee`,
    as,
    leavesTraces: true,
    async run(scene, random) {
      const culprit = await scene.hostile(as, ['poisonedBees'])
      const report = await scene.attack(culprit, 'poisonedBees', { ...scene.target(random.seed), poison, kind })
      if (kind === 'usage') await readUsage(scene)
      // Blocks drawn at random may happen to be lawful.
      const isNamed = poison !== 'random'
      return {
        attempts: report.sent,
        culprit: isNamed ? culprit : null,
        codes: ['records_malformed', 'records_too_long'],
        harms: [],
      }
    },
  }
}

/** Has the victim look at all that was used of its computer and by its account, in every way its window does. */
async function readUsage({ victim }: Scene): Promise<void> {
  for (const direction of ['served', 'consumed'] as const) {
    const range = { poolId: null, direction, fromMs: 0, toMs: Date.now() + 86_400_000 }
    await victim.install.call('usage.report', { ...range, grain: 'month', groupBy: 'account' })
    await victim.install.call('usage.receipts', { ...range, keyId: null, max: 500 })
  }
}

export const bees: readonly Attack[] = [
  poisonedBee('a node that is its own child', 'guest'),
  variant(poisonedBee('two blocks that lead to each other', 'guest')),
  variant(poisonedBee('a child in a later block', 'member')),
  poisonedBee('a lattice with as many ways down as there are atoms', 'member'),
  variant(poisonedBee('a hundred thousand keys', 'member')),
  variant(poisonedBee('a hundred thousand nodes', 'guest')),
  // Of whoever may ask for others, what is written down is read by all.
  poisonedBee('a node that is its own child', 'gateway', 'usage'),
  poisonedBee('random', 'member'),
]
