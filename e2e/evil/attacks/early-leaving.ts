import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import type { Person, Scene } from '../harness/scene.ts'

const promptWords = 1_000
const range = { poolId: null, direction: 'served', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const

async function servedTo({ victim }: Scene, { accountId }: Person): Promise<{ requests: number; tokens: number }> {
  const { buckets } = await victim.install.call('usage.report', { ...range, grain: 'month', groupBy: 'account' })
  const groups = buckets.flatMap((bucket) => bucket.groups).filter(({ id }) => id === accountId)
  return groups.reduce(
    (sum, { requests, promptTokens, completionTokens }) => ({
      requests: sum.requests + requests,
      tokens: sum.tokens + promptTokens + completionTokens,
    }),
    { requests: 0, tokens: 0 },
  )
}

/** Prompts that an engine has read, and that the caller leaves before it is told what they cost. */
function freePrompts(name: string, leaveAt: 'reading' | 'text', drops: boolean): Attack {
  const requests = 20
  return {
    name,
    as: 'member',
    async run(scene, random) {
      const culprit = await scene.hostile('member', ['earlyLeaver'])
      const wish = { tag: `left-${leaveAt}-${drops}`, tokens: 50, tokenMs: 20, firstTokenMs: 50 }
      const { reached } = await scene.attack(culprit, 'earlyLeaver', {
        ...{ ...scene.target(random.seed), model: scene.ground.engines.steady.model, maxTokens: 50 },
        ...{ prompt: questionFor(wish, 'word '.repeat(promptWords)), requests, leaveAt, drops },
      })
      const { tokens } = await servedTo(scene, culprit)
      const { requests: read } = scene.ground.engines.steady.spent(wish.tag)
      if (read < requests / 2) return { attempts: reached, culprit: null, harms: [`only ${read} prompts were read`] }
      const least = Math.floor((read * promptWords) / 2)
      return {
        attempts: reached,
        culprit: null,
        harms: tokens < least ? [`${tokens} tokens were counted for ${read} prompts of ${promptWords} words`] : [],
      }
    },
  }
}

const loadsADay = 5

/** Has the victim load a model over and over, and leaves before it generates. */
const freeLoads: Attack = {
  name: 'leaving while a model loads',
  as: 'member',
  async run(scene, random) {
    const { loading } = scene.ground.engines
    const culprit = await scene.hostile('member', ['earlyLeaver'])
    await scene.limit(culprit, { requestsPerDay: loadsADay })
    const loadsBefore = loading.loads
    await scene.attack(culprit, 'earlyLeaver', {
      ...{ ...scene.target(random.seed), model: loading.model, maxTokens: 50, prompt: 'Load.' },
      ...{ requests: 4 * loadsADay, leaveAt: 'loading', drops: false },
    })
    const loads = loading.loads - loadsBefore
    const overshootRequests = Math.max(0, loads - loadsADay)
    return {
      attempts: loads,
      culprit: null,
      harms: overshootRequests > 1 ? [`the model was loaded ${loads} times on ${loadsADay} requests a day`] : [],
      overshootRequests,
    }
  },
}

export const earlyLeaving: readonly Attack[] = [
  freePrompts('leaving with the first text', 'text', false),
  variant(freePrompts('leaving while the engine reads', 'reading', false)),
  variant(freePrompts('dropping the connection with the first text', 'text', true)),
  freeLoads,
]
