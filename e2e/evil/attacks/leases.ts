import { z } from 'zod'
import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import type { Scene } from '../harness/scene.ts'

const tokensPerDay = 1_000_000
/** How much of a plan somebody may set aside who has no business with it. */
const mostHeld = 0.5

const reportSchema = z.object({ outcomes: z.array(z.string()) })

/** Has another member's plan leased to oneself, so that nothing is left for the member. */
function leaseTheft(
  name: string,
  as: 'guest' | 'member' | 'processor',
  how: { tokensPerNeed: number; calls: number; forgets: boolean },
): Attack {
  return {
    name,
    as,
    async run(scene, random) {
      const { honest } = scene
      const culprit = await scene.hostile(as, ['leaseThief'])
      await scene.limit(honest, { tokensPerDay })
      try {
        const report = await scene.attack(culprit, 'leaseThief', {
          ...{ ...scene.target(random.seed), accountId: honest.accountId, ...how },
        })
        const { outcomes } = reportSchema.parse(report)
        const isUnread = outcomes.every((outcome) => outcome === 'bad_request')
        return {
          culprit: null,
          harms: isUnread ? ['no call could be read, so nothing was tried'] : await harmTo(scene),
        }
      } finally {
        await scene.unlimit(honest)
      }
    },
  }
}

/** What the thief has done to the member: less than half of the plan is left, or nothing is generated any more. */
async function harmTo({ honest, ground, poolId }: Scene): Promise<string[]> {
  const { install } = honest
  const text = questionFor({ tag: 'robbed', tokens: 5, tokenMs: 1, firstTokenMs: 0 })
  const maxTokens = Math.floor(tokensPerDay * mostHeld)
  const asked = await install.result('chat.ask', {
    ...{
      chatId: null,
      text,
      model: ground.engines.steady.model,
      poolId,
      temperature: 0,
      maxTokens: Math.min(maxTokens, 32_768),
    },
  })
  if (!asked.ok) return [`the robbed member is refused: ${asked.error.message}`]
  const { chatId } = asked.value.chat
  await install.until(({ chats }) => chats.every((chat) => chat.chatId !== chatId || !chat.isAnswering), 'an answer')
  const { messages } = await install.call('chat.open', { chatId })
  const { state, error } = messages.at(-1)?.answer ?? {}
  await install.call('chat.remove', { chatId })
  return state === 'complete' ? [] : [`the robbed member hears: ${error?.message ?? state ?? 'nothing'}`]
}

export const leases: readonly Attack[] = [
  leaseTheft('one call that leases another member’s whole plan', 'guest', {
    ...{ tokensPerNeed: 15_500, calls: 1, forgets: false },
  }),
  variant(
    leaseTheft('many calls that lease another member’s plan', 'member', {
      ...{ tokensPerNeed: 1_000, calls: 40, forgets: false },
    }),
  ),
  variant(
    leaseTheft('leases of another member’s plan that it says were lost', 'processor', {
      ...{ tokensPerNeed: 10_000, calls: 8, forgets: true },
    }),
  ),
]
