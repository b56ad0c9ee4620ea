import { delay } from '../../../node/base/deadline.ts'
import type { Attack } from '../attack.ts'

const quietMs = 2_000

/** Shows that the measures hold where nobody attacks: a machine that fails here is too slow for the rest. */
export const nothing: readonly Attack[] = [
  {
    name: 'nothing at all',
    as: 'member',
    leavesTraces: true,
    async run(scene) {
      await scene.hostile('member', ['silentReader'])
      await delay(quietMs)
      return { attempts: 1, culprit: null, harms: [] }
    },
  },
]
