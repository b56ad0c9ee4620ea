import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'
import type { Person, Scene } from '../harness/scene.ts'

const hourMs = 3_600_000
/** A day and more, there and back: each would begin a new window for whoever believes the time of day. */
const settings = [0, 26 * hourMs, 0, -26 * hourMs, 50 * hourMs, 0]
const requestsPerDay = 6
const requestsEach = 8

/** Asks until a day's limit is reached, again and again, while the clock of whoever counts it goes to and fro. */
function movedClock(
  name: string,
  begin: (scene: Scene, culprit: Person) => Promise<{ counting: Person; ask: (text: string) => Promise<void> }>,
): Attack {
  return {
    name,
    as: 'member',
    async run(scene, random) {
      const culprit = await scene.hostile('member', ['wrongClock', 'earlyLeaver'])
      const { counting, ask } = await begin(scene, culprit)
      const wish = { tag: `moved ${name} ${random.seed}`, tokens: 2, tokenMs: 1, firstTokenMs: 0 }
      try {
        for (const aheadMs of settings) {
          await scene.attack(counting, 'wrongClock', { aheadMs })
          for (let index = 0; index < requestsEach; index += 1) await ask(questionFor(wish))
        }
      } finally {
        await scene.attack(counting, 'wrongClock', { aheadMs: 0 })
      }
      const { requests } = scene.ground.engines.steady.spent(wish.tag)
      const overshootRequests = Math.max(0, requests - requestsPerDay)
      const harms = overshootRequests > 0 ? [`${requests} requests were served on ${requestsPerDay} a day`] : []
      // Where the limit was not even reached, setting the clock has shown nothing.
      return { attempts: requests < requestsPerDay ? 0 : requests, culprit: null, harms, overshootRequests }
    },
  }
}

export const clocks: readonly Attack[] = [
  movedClock('the clock of a key’s home, set to and fro', async (scene, culprit) => {
    const { model } = scene.ground.engines.steady
    const key = await makeKey(culprit, scene.poolId, { requestsPerDay })
    const ask = async (text: string): Promise<void> => {
      await askWithKey(culprit, key, { model, text, maxTokens: 10 })
    }
    return { counting: culprit, ask }
  }),
  variant(
    movedClock('the clock of a pool’s coordinator, set to and fro', async (scene, culprit) => {
      const { model } = scene.ground.engines.steady
      await scene.limit(culprit, { requestsPerDay })
      const one = { ...scene.target(0), model, maxTokens: 10, requests: 1, leaveAt: 'end', drops: false } as const
      const ask = async (prompt: string): Promise<void> => {
        await scene.attack(culprit, 'earlyLeaver', { ...one, prompt })
      }
      return { counting: scene.victim, ask }
    }),
  ),
]
