import { variant, type Attack } from '../attack.ts'
import type { poisons } from '../hostile/poisoned-bees.ts'

type Poison = (typeof poisons)[number]

/** A core of one’s own, with blocks that freeze whoever walks it. */
function poisonedBee(name: string, as: 'guest' | 'member', poison: Poison, kind: 'member' | 'usage'): Attack {
  return {
    name,
    as,
    leavesTraces: true,
    async run(scene, random) {
      const culprit = await scene.hostile(as, ['poisonedBees'])
      await scene.attack(culprit, 'poisonedBees', { ...scene.target(random.seed), poison, kind })
      // A usage bee may lie unread, and then nobody has noticed.
      return { culprit: kind === 'member' ? culprit : null, harms: [] }
    },
  }
}

export const bees: readonly Attack[] = [
  poisonedBee('a block that is its own child', 'guest', 'self', 'member'),
  variant(poisonedBee('two blocks that are each other’s children', 'guest', 'cycle', 'member')),
  variant(poisonedBee('a child in a block that comes later', 'member', 'later', 'member')),
  poisonedBee('blocks with 2^40 ways through them', 'member', 'mesh', 'member'),
  variant(poisonedBee('a tree node of 200,000 keys', 'member', 'wide', 'member')),
  variant(poisonedBee('a usage bee that is its own child', 'member', 'self', 'usage')),
  poisonedBee('blocks drawn at random', 'member', 'random', 'member'),
]
