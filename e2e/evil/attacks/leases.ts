import type { ErrorCode } from '../../../node/contract/errors.ts'
import type { AppState } from '../../../node/contract/state.ts'
import { leaseAttacks } from '../../../node/limits/testing/hostile-holder.ts'
import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import type { Scene } from '../harness/scene.ts'

const tokensPerDay = 1_000_000
/** How much of a plan somebody may set aside who has no business with it. */
const mostHeld = 0.5
const maxTokens = 10_000
/** Replies that show only that the call was not read: such an attack was not made. */
const unread: readonly (ErrorCode | 'exchange')[] = [
  'bad_request',
  'protocol_error',
  'machine_unreachable',
  'machine_lost',
]

/** Has another member's plan leased to oneself, so that nothing is left for the member. */
function leaseTheft(way: string, as: 'guest' | 'member' | 'processor'): Attack {
  return {
    name: `${way}, of another member’s plan`,
    as,
    async run(scene, random) {
      const { honest } = scene
      const culprit = await scene.hostile(as, ['leaseThief'])
      await scene.limit(honest, { tokensPerDay })
      try {
        const { replies, granted } = await scene.attack(culprit, 'leaseThief', {
          ...{ ...scene.target(random.seed), accountId: honest.accountId, way },
        })
        const read = Object.entries(replies).filter(([said]) => !unread.some((code) => code === said))
        const attempts = read.reduce((sum, [, times]) => sum + times, 0)
        return { attempts, culprit: null, harms: await harmTo(scene, granted) }
      } finally {
        await scene.unlimit(honest)
      }
    },
  }
}

/** What the thief has done to the member: less than half of the plan is left, or nothing is generated any more. */
async function harmTo({ honest, ground, poolId }: Scene, granted: number): Promise<string[]> {
  const { install } = honest
  const harms = granted > mostHeld * tokensPerDay ? [`${granted} tokens of the plan were granted to the thief`] : []
  const text = questionFor({ tag: 'robbed', tokens: 5, tokenMs: 1, firstTokenMs: 0 })
  const { model } = ground.engines.steady
  const asked = await install.result('chat.ask', { chatId: null, text, model, poolId, temperature: 0, maxTokens })
  if (!asked.ok) return [...harms, `the robbed member is refused: ${asked.error.message}`]
  const { chatId } = asked.value.chat
  await install.until(({ chats }) => chats.every((chat) => chat.chatId !== chatId || !chat.isAnswering), 'an answer')
  const { messages } = await install.call('chat.open', { chatId })
  const { state, error } = messages.at(-1)?.answer ?? {}
  await install.call('chat.remove', { chatId })
  if (state !== 'complete') harms.push(`the robbed member hears: ${error?.message ?? state ?? 'nothing'}`)
  const left = (all: AppState): number | undefined =>
    all.pools.find((pool) => pool.poolId === poolId)?.limitStates.find(({ name }) => name === 'tokensPerDay')?.left
  const known = left(await install.until((all) => left(all) !== undefined, 'what is left of the plan')) ?? 0
  if (known < mostHeld * tokensPerDay) harms.push(`the robbed member has ${known} of ${tokensPerDay} tokens left`)
  return harms
}

const always = 'one lease for all'
const ofProcessor = 'loses its records again and again'
const others = Object.keys(leaseAttacks).filter((way) => way !== always && way !== ofProcessor)

export const leases: readonly Attack[] = [
  leaseTheft(always, 'guest'),
  leaseTheft(ofProcessor, 'processor'),
  ...others.map((way) => variant(leaseTheft(way, 'processor'))),
]
