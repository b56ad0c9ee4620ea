import type { ErrorCode } from '../contract/errors.ts'
import type { Receipt } from '../contract/usage.ts'
import type { TokenUsage } from '../engines/engine.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'
import type { SeenGeneration } from './receipt-check.ts'

/** Failures that count as a lost machine. */
const lossCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'machine_lost',
  'machine_unreachable',
  'accept_timeout',
  'first_token_timeout',
  'load_timeout',
  'token_timeout',
  'total_timeout',
])

/** Counts tokens and times of one attempt from its parts, for the receipt of either side. */
export class GenerationMeter {
  #acceptedMs: number | null = null
  #startedMs: number | null = null
  #firstTokenMs: number | null = null
  #tokens = 0
  #textBytes = 0
  #usage: TokenUsage | null = null
  #outcome: Receipt['outcome'] | null = null

  /** Whether a machine has accepted the request; only then is there an attempt. */
  get isAccepted(): boolean {
    return this.#acceptedMs !== null
  }

  get seen(): SeenGeneration {
    return { tokens: this.#tokens, textBytes: this.#textBytes, usage: this.#usage }
  }

  follow(part: ServedPart): void {
    const nowMs = performance.now()
    switch (part.type) {
      case 'accepted':
        this.#acceptedMs ??= nowMs
        if (part.place === 0) this.#startedMs ??= nowMs
        return
      case 'text':
        this.#firstTokenMs ??= nowMs
        this.#tokens += part.tokens
        this.#textBytes += Buffer.byteLength(part.text)
        return
      case 'end':
        this.#usage ??= part.usage
        this.#outcome ??= part.reason === 'stop' ? 'complete' : part.reason
        return
      case 'failed':
        this.#usage ??= part.usage
        this.#outcome ??= part.error.code === 'stopped' ? 'stopped' : lossCodes.has(part.error.code) ? 'lost' : 'failed'
        return
      case 'loading':
      case 'reading':
      case 'receipt':
        return
    }
  }

  /** The counts so far; an attempt without a last part was stopped by its caller. */
  counts(): Pick<
    Receipt,
    'promptTokens' | 'completionTokens' | 'countedBy' | 'queueMs' | 'firstTokenMs' | 'durationMs' | 'outcome'
  > {
    const nowMs = performance.now()
    const acceptedMs = this.#acceptedMs ?? nowMs
    return {
      promptTokens: this.#usage?.promptTokens ?? 0,
      completionTokens: this.#usage?.completionTokens ?? this.#tokens,
      countedBy: this.#usage ? 'engine' : 'stream',
      queueMs: Math.round((this.#startedMs ?? nowMs) - acceptedMs),
      firstTokenMs: this.#firstTokenMs === null ? null : Math.round(this.#firstTokenMs - acceptedMs),
      durationMs: Math.round(nowMs - acceptedMs),
      outcome: this.#outcome ?? 'stopped',
    }
  }
}
