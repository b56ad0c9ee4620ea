import { kithError, type KithError } from '../contract/errors.ts'
import type { CompletionUsage, FinishReason } from './schemas.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'

/** How a completion ended. */
export type CompletionEnd =
  | { readonly isOk: true; readonly finishReason: FinishReason; readonly usage: CompletionUsage }
  | { readonly isOk: false; readonly error: KithError }

/** Follows the parts of one completion: its text, the machine it comes from, and how it ends. */
export class CompletionProgress {
  #acceptedMs: number | null = null
  #isRunning = false
  end: CompletionEnd | null = null

  /** `setHeader` takes what the reply's headers can say about it. */
  constructor(private readonly setHeader: (name: string, value: string) => void) {}

  /** Takes the next part; returns its text. */
  take(part: ServedPart): string {
    switch (part.type) {
      case 'accepted':
        this.#acceptedMs ??= performance.now()
        // A name may hold any character, a header may not.
        this.setHeader('x-kith-machine', encodeURIComponent(part.machineName))
        return ''
      case 'loading':
      case 'reading':
      case 'reasoning':
        this.#running()
        return ''
      case 'text':
        this.#running()
        return part.text
      case 'end':
        this.end = {
          isOk: true,
          finishReason: part.reason === 'length' ? 'length' : 'stop',
          usage: usageOf(part.usage),
        }
        return ''
      case 'failed':
        this.end = { isOk: false, error: part.error }
        return ''
      default:
        // Parts that concern only the machines.
        return ''
    }
  }

  /** How the completion ended, also where its parts did not say so. */
  conclude(requestId: string): CompletionEnd {
    return this.end ?? { isOk: false, error: kithError('internal', { reference: requestId.slice(0, 8) }) }
  }

  #running(): void {
    if (this.#isRunning || this.#acceptedMs === null) return
    this.#isRunning = true
    this.setHeader('x-kith-queue-ms', String(Math.round(performance.now() - this.#acceptedMs)))
  }
}

function usageOf({
  promptTokens,
  completionTokens,
}: {
  promptTokens: number
  completionTokens: number
}): CompletionUsage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
