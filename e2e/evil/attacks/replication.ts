import { variant, type Attack } from '../attack.ts'
import type { frameKinds } from '../hostile/replication-frames.ts'

/** Replication messages that cost whoever gets them time or memory without an end. */
function hostileFrames(name: string, as: 'guest' | 'member' | 'gateway', kind: (typeof frameKinds)[number]): Attack {
  return {
    name,
    as,
    async run(scene, random) {
      const culprit = await scene.hostile(as, ['replicationFrames'])
      await scene.attack(culprit, 'replicationFrames', { ...scene.target(random.seed), kind })
      return { culprit, harms: [] }
    },
  }
}

export const replication: readonly Attack[] = [
  hostileFrames('a range of 2^52 blocks', 'guest', 'endlessRange'),
  variant(hostileFrames('a range of 2^38 blocks', 'member', 'longRange')),
  hostileFrames('a range of 2^50 blocks from the first, then a drop', 'guest', 'droppedRange'),
  hostileFrames('thousands of bitfields', 'gateway', 'bitfields'),
  variant(hostileFrames('wants of 2^50 blocks', 'member', 'wideWant')),
  variant(hostileFrames('a sync of 2^50 blocks', 'guest', 'hugeSync')),
  hostileFrames('requests whose replies it does not read', 'member', 'unansweredRequests'),
  hostileFrames('replication messages drawn at random', 'guest', 'random'),
]
