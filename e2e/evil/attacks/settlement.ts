import { delay } from '../../../node/base/deadline.ts'
import type { KeyId } from '../../../node/contract/ids.ts'
import type { Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'
import type { Person, Scene } from '../harness/scene.ts'

const tokensPerDay = 100_000
const words = 20
const maxTokens = 100
/** What is reserved for such a request: its longest generation, and a prompt of a line. */
const mostTokens = maxTokens + 500
const settledMs = 1_500

/** A processor that says anything of what a generation has cost. */
function lie(name: string, told: { promptTokens: number; completionTokens: number }): Attack {
  return {
    name,
    as: 'processor',
    async run(scene) {
      const culprit = await scene.hostile('processor', ['lyingProcessor'])
      await scene.attack(culprit, 'lyingProcessor', { lie: told })
      const text = questionFor({ tag: 'lied', tokens: words, tokenMs: 1, firstTokenMs: 0 })
      const harms = await askAndCount(scene, scene.ground.engines.lying.model, text)
      const { onWire } = await scene.attack(culprit, 'lyingProcessor', { lie: null })
      // A number that cannot even be read is a broken message, and no lie that could be kept.
      if (Number.isSafeInteger(told.completionTokens)) harms.push(...(await unseenLie(scene, culprit)))
      return { attempts: onWire, culprit: null, harms }
    },
  }
}

/** An engine behind an honest processor that counts more than a number can hold. */
const boundlessCount: Attack = {
  name: 'an engine that counts 1.8e19 tokens',
  as: 'processor',
  async run(scene) {
    const { lying } = scene.ground.engines
    await scene.hostile('processor', ['silentReader'])
    const wish = { tag: 'said', tokens: words, tokenMs: 1, firstTokenMs: 0, saidTokens: 1.8e19 }
    const harms = await askAndCount(scene, lying.model, questionFor(wish))
    return { attempts: lying.spent(wish.tag).requests, culprit: null, harms }
  },
}

/** Asks the victim's gateway with a key. Answers what was wrong with the reply and the count. */
async function askAndCount(scene: Scene, model: string, text: string): Promise<string[]> {
  const key = await makeKey(scene.victim, scene.poolId, { tokensPerDay })
  const reply = await askWithKey(scene.victim, key, { model, text, maxTokens })
  const harms = reply.text.includes('internal') ? [`the program gets ${reply.status}: ${reply.text.slice(0, 200)}`] : []
  return [...harms, ...(await wrongCount(scene, key.keyId))]
}

/** What is wrong with what the key was charged for a generation of twenty words that could have had a hundred. */
async function wrongCount({ victim }: Scene, keyId: KeyId): Promise<string[]> {
  // What was reserved is settled once the last part has come.
  await delay(settledMs)
  const { keys } = await victim.install.state()
  const charged = keys.find((key) => key.keyId === keyId)?.limitStates[0]?.used ?? 0
  if (charged < words) return [`${charged} tokens were charged for ${words} words`]
  return charged > mostTokens ? [`${charged} tokens were charged for ${words} words`] : []
}

/** Whether the user can read what the machine has said, beside what was counted instead. */
async function unseenLie({ victim, poolId }: Scene, { deviceId }: Person): Promise<string[]> {
  const range = { poolId, direction: 'consumed', fromMs: 0, toMs: Date.now() + 86_400_000 } as const
  const { receipts } = await victim.install.call('usage.receipts', { ...range, keyId: null, max: 500 })
  const isSeen = receipts.some(({ processorDeviceId, said }) => processorDeviceId === deviceId && said !== null)
  return isSeen ? [] : ['no receipt shows what the machine has said']
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
    const { steady } = scene.ground.engines
    await scene.attack(culprit, 'earlyLeaver', {
      ...{ ...scene.target(random.seed), model: steady.model, prompt: questionFor(wish), maxTokens: 1_000 },
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
      attempts: steady.spent(wish.tag).requests,
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
  boundlessCount,
  unboundedEngine,
]
