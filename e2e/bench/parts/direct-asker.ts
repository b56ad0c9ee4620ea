import { OpenAiEngine } from '../../../node/engines/openai/openai-engine.ts'
import { questionFor, type Pace } from './pace.ts'
import { AnswerTimer, type TimedGeneration } from './timed-answer.ts'

/** Asks the server with the engine's own client, no peer in between. */
export async function askDirectly(server: { url: string; model: string }, pace: Pace): Promise<TimedGeneration> {
  const engine = new OpenAiEngine({ url: server.url })
  const { signal } = new AbortController()
  const turns = [{ role: 'user', text: questionFor(pace) }] as const
  const timer = new AnswerTimer(performance.now())
  for await (const part of engine.chat({ model: server.model, turns, maxTokens: 8_192, temperature: 0, signal })) {
    if (part.type === 'failed') throw new Error(part.error.message)
    if (part.type === 'text') timer.text(part.text)
  }
  return timer.result(pace)
}
