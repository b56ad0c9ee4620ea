import type { ErrorCode } from '../contract/errors.ts'
import type { Receipt } from '../contract/usage.ts'
import type { TokenCounter } from '../protocol/generations/token-counter.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'

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

/** Times and outcome of one attempt from its parts, for the receipt of either side; the tokens are the counter's. */
export class GenerationMeter {
  #acceptedMs: number | null = null
  #startedMs: number | null = null
  #firstTokenMs: number | null = null
  #outcome: Receipt['outcome'] | null = null

  constructor(private readonly tokens: Pick<TokenCounter, 'count'>) {}

  /** Whether a machine has accepted the request; only then is there an attempt. */
  get isAccepted(): boolean {
    return this.#acceptedMs !== null
  }

  follow(part: ServedPart): void {
    const nowMs = performance.now()
    switch (part.type) {
      case 'accepted':
        this.#acceptedMs ??= nowMs
        if (part.place === 0) this.#startedMs ??= nowMs
        return
      case 'reasoning':
      case 'text':
        this.#firstTokenMs ??= nowMs
        return
      case 'end':
        this.#outcome ??= part.reason === 'stop' ? 'complete' : part.reason
        return
      case 'failed':
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
    'promptTokens' | 'completionTokens' | 'countedBy' | 'said' | 'queueMs' | 'firstTokenMs' | 'durationMs' | 'outcome'
  > {
    const nowMs = performance.now()
    const acceptedMs = this.#acceptedMs ?? nowMs
    return {
      ...this.tokens.count(),
      queueMs: Math.round((this.#startedMs ?? nowMs) - acceptedMs),
      firstTokenMs: this.#firstTokenMs === null ? null : Math.round(this.#firstTokenMs - acceptedMs),
      durationMs: Math.round(nowMs - acceptedMs),
      outcome: this.#outcome ?? 'stopped',
    }
  }
}
