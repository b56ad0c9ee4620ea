import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import type { Random } from '../harness/random.ts'
import type { Person, Scene } from '../harness/scene.ts'

const tokensPerDay = 10_000
const maxTokens = 100
const promptBytes = 2_400

/** Sends prompts of a size for which the engine counts so many tokens; answers what the engine has spent. */
async function send(
  { scene, culprit, random }: { scene: Scene; culprit: Person; random: Random },
  { tag, bytesPerToken, requests }: { tag: string; bytesPerToken: number; requests: number },
): Promise<number> {
  const promptTokens = Math.ceil(promptBytes / bytesPerToken)
  const wish = { tag, tokens: maxTokens, tokenMs: 0, firstTokenMs: 0, promptTokens }
  await scene.attack(culprit, 'earlyLeaver', {
    ...{ ...scene.target(random.seed), model: scene.ground.engines.steady.model, maxTokens, requests },
    ...{ prompt: questionFor(wish, '§'.repeat(promptBytes / 2)), leaveAt: 'end', drops: false, atOnce: true },
  })
  const spent = scene.ground.engines.steady.spent(tag)
  return spent.promptTokens + spent.completionTokens
}

/** Text that an engine counts more tokens for than its bytes let one think, until the plan is used up. */
function denseText(name: string, thinRequests: number): Attack {
  return {
    name,
    as: 'member',
    async run(scene, random) {
      const culprit = await scene.hostile('member', ['earlyLeaver'])
      await scene.limit(culprit, { tokensPerDay })
      const by = { scene, culprit, random }
      const tag = `dense-${random.seed}-${thinRequests}`
      await send(by, { tag, bytesPerToken: 6, requests: thinRequests })
      const tokens = await send(by, { tag, bytesPerToken: 1, requests: 14 })
      const overshootRequests = Math.ceil(Math.max(0, tokens - tokensPerDay) / (promptBytes + maxTokens))
      return {
        attempts: tokens,
        culprit: null,
        harms: overshootRequests > 1 ? [`${tokens} tokens were spent on a limit of ${tokensPerDay}`] : [],
        overshootRequests,
      }
    },
  }
}

export const dense: readonly Attack[] = [
  denseText('text of one byte a token', 0),
  variant(denseText('thin text that is followed by dense text', 4)),
]
