import { variant, type Attack } from '../attack.ts'
import { limitNames, type Limits } from '../../../node/contract/limits.ts'

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
      const { floods } = await scene.attack(culprit, 'silentReader', { ...scene.target(random.seed), connections })
      const sent = floods.filter(({ bytes }) => bytes > 0)
      // Whoever is only kept waiting has done nothing that anybody must be told.
      return {
        attempts: sent.reduce((sum, { calls }) => sum + calls, 0),
        culprit: floods.some(({ isCutOff }) => isCutOff) ? culprit : null,
        codes: ['replies_unread'],
        harms: [],
      }
    },
  }
}

export const replies: readonly Attack[] = [
  unreadReplies('calls whose replies it does not read', 'guest', 1),
  variant(unreadReplies('calls over four connections whose replies it does not read', 'gateway', 4)),
]
