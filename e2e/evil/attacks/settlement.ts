import type { Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'
import type { Scene } from '../harness/scene.ts'

const tokensPerDay = 100_000
const words = 20

/** A processor that says anything of what a generation has cost. */
function lie(name: string, told: { promptTokens: number; completionTokens: number }): Attack {
  return {
    name,
    as: 'processor',
    async run(scene) {
      const { victim, lyingEngine, poolId } = scene
      const culprit = await scene.hostile('processor', ['lyingProcessor'])
      await scene.attack(culprit, 'lyingProcessor', told)
      const key = await makeKey(victim, poolId, { tokensPerDay })
      const text = questionFor({ tag: 'lied', tokens: words, tokenMs: 1, firstTokenMs: 0 })
      const reply = await askWithKey(victim, key, { model: lyingEngine.model, text, maxTokens: 100 })
      const harms = reply.status >= 500 ? [`the program gets ${reply.status}: ${reply.text.slice(0, 200)}`] : []
      return { culprit, harms: [...harms, ...(await wrongCount(scene, key.keyId))] }
    },
  }
}

/** What the key was charged for a generation of twenty words that could have had a hundred. */
async function wrongCount({ victim }: Scene, keyId: string): Promise<string[]> {
  const used = ({ keys }: Awaited<ReturnType<typeof victim.install.state>>): number =>
    keys.find((key) => key.keyId === keyId)?.limitStates[0]?.used ?? 0
  const { install } = victim
  // What is reserved is more than what is settled, so that the count falls when it is settled.
  const state = await install.until((now) => now.usage.revision > 0, 'a receipt')
  const charged = used(state)
  if (charged < words) return [`${charged} tokens were charged for ${words} words`]
  const most = 100 + 500
  return charged > most ? [`${charged} tokens were charged for ${words} words, where ${most} could be reserved`] : []
}

/** An engine that does not heed the length it was asked for, on the victim's own computer. */
const unboundedEngine: Attack = {
  name: 'an engine that generates more than was reserved',
  as: 'member',
  async run(scene, random) {
    const limit = 2_000
    const culprit = await scene.hostile('member', ['earlyLeaver'])
    await scene.limit(culprit, { tokensPerDay: limit })
    const wish = { tag: `unbounded-${random.seed}`, tokens: 4_693, tokenMs: 0, firstTokenMs: 0, isUnbounded: true }
    await scene.attack(culprit, 'earlyLeaver', {
      ...{ ...scene.target(random.seed), model: scene.engine.model, prompt: questionFor(wish), maxTokens: 1_000 },
      ...{ requests: 4, leaveAt: 'end', drops: false },
    })
    const { receipts } = await scene.victim.install.call('usage.receipts', {
      ...{ poolId: null, direction: 'served', fromMs: 0, toMs: Date.now() + 86_400_000, keyId: null, max: 500 },
    })
    const served = receipts
      .filter(({ accountId }) => accountId === culprit.accountId)
      .reduce((sum, { promptTokens, completionTokens }) => sum + promptTokens + completionTokens, 0)
    const overshoot = Math.ceil(Math.max(0, served - limit) / 1_000)
    return {
      culprit: null,
      harms: overshoot > 1 ? [`${served} tokens were generated on a limit of ${limit}`] : [],
      overshootRequests: overshoot,
    }
  },
}

export const settlement: readonly Attack[] = [
  lie('a count of 5,000,000 tokens for 20', { promptTokens: 10, completionTokens: 5_000_000 }),
  lie('a count of 0 tokens for 20', { promptTokens: 0, completionTokens: 0 }),
  lie('a count of 1.8e19 tokens for 20', { promptTokens: 10, completionTokens: 1.8e19 }),
  unboundedEngine,
]
