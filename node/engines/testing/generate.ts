import type { ChatRequest, GenerationPart } from '../engine.ts'
import type { EngineHub } from '../engine-hub.ts'

/** Generates with the engine that has the model, bypassing the queue. */
export function generate(hub: Pick<EngineHub, 'engineFor'>, request: ChatRequest): AsyncIterable<GenerationPart> {
  const engine = hub.engineFor(request.model)
  if (!engine) throw new Error(`No engine has ${request.model}`)
  return engine.chat(request)
}
