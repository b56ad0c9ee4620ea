import type { Result } from '../../contract/result.ts'
import type { PromptRequest, ServedPart } from '../messages/generation.ts'
import type { Caller } from '../machines.ts'

/** Starts an admitted answer. Ends soon after the signal fires. */
export type GenerationStart = (signal: AbortSignal) => AsyncIterable<ServedPart>

/** What stands behind `processRequest` or `processPrompt`: the processor, or the gateway. */
export interface GenerationHandler {
  /** Decides at once, from what is known; nothing is reserved until the answer is started. */
  admit(caller: Caller, request: PromptRequest): Result<GenerationStart>
}
