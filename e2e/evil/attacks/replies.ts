import { z } from 'zod'
import { variant, type Attack } from '../attack.ts'
import { limitNames, type Limits } from '../../../node/contract/limits.ts'

const reportSchema = z.object({ floods: z.array(z.object({ isCutOff: z.boolean() })) })

/** The more limits there are, the longer is the reply to how they stand. */
const manyLimits: Limits = Object.fromEntries(limitNames.map((name) => [name, 1_000_000_000]))

/** Calls whose replies pile up, because nobody reads them. */
function unreadReplies(name: string, as: 'guest' | 'gateway', connections: number): Attack {
  return {
    name,
    as,
    async run(scene, random) {
      const culprit = await scene.hostile(as, ['silentReader'])
      await scene.limit(culprit, manyLimits)
      const report = await scene.attack(culprit, 'silentReader', { ...scene.target(random.seed), connections })
      // Whoever is only kept waiting has done nothing that anybody must be told.
      const { floods } = reportSchema.parse(report)
      return { culprit: floods.some(({ isCutOff }) => isCutOff) ? culprit : null, harms: [] }
    },
  }
}

export const replies: readonly Attack[] = [
  unreadReplies('calls whose replies it does not read', 'guest', 1),
  variant(unreadReplies('calls over four connections whose replies it does not read', 'gateway', 4)),
]
