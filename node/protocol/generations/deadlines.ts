import { kithError, type KithError } from '../../contract/errors.ts'

/** How long each part of a generation may take. Each has its own error code. */
export interface GenerationDeadlines {
  readonly connectMs: number
  readonly acceptMs: number
  /** Counted from the moment a slot is free, not from the start of the queue. */
  readonly firstTokenMs: number
  /** Takes the place of the first-token deadline while the engine loads the model. */
  readonly loadMs: number
  readonly betweenTokensMs: number
  readonly totalMs: number
}

export const defaultDeadlines: GenerationDeadlines = {
  connectMs: 10_000,
  acceptMs: 5_000,
  firstTokenMs: 30_000,
  loadMs: 120_000,
  betweenTokensMs: 20_000,
  totalMs: 30 * 60_000,
}

/** What a generation waits for. In the queue only the total runs: a place in it is not a fault. */
export type GenerationWait = 'connect' | 'accept' | 'queue' | 'load' | 'firstToken' | 'betweenTokens'

/** A timer that fires this much late was held up by this computer, so nobody else is blamed. */
const ownStallMs = 1_000

/** Runs the deadline of what a generation waits for now, and the total beside it. */
export class DeadlineClock {
  #wait: GenerationWait = 'connect'
  #timer: NodeJS.Timeout | undefined
  readonly #total: NodeJS.Timeout

  constructor(
    private readonly deadlines: GenerationDeadlines,
    private readonly machineName: () => string,
    private readonly onExpire: (error: KithError) => void,
  ) {
    this.#total = setTimeout(
      () => this.onExpire(kithError('total_timeout', { minutes: Math.ceil(deadlines.totalMs / 60_000) })),
      deadlines.totalMs,
    )
  }

  /** Starts the deadline of the next thing waited for; the same thing again starts anew. */
  enter(wait: GenerationWait): void {
    clearTimeout(this.#timer)
    this.#wait = wait
    const limitMs = this.#limitMs(wait)
    if (limitMs === null) return
    const dueMs = performance.now() + limitMs
    this.#timer = setTimeout(() => {
      if (performance.now() - dueMs > ownStallMs) this.enter(wait)
      else this.onExpire(this.#error(wait, limitMs))
    }, limitMs)
  }

  /** Starts the current deadline anew. */
  restart(): void {
    this.enter(this.#wait)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#total)
  }

  #limitMs(wait: GenerationWait): number | null {
    switch (wait) {
      case 'connect':
        return this.deadlines.connectMs
      case 'accept':
        return this.deadlines.acceptMs
      case 'queue':
        return null
      case 'load':
        return this.deadlines.loadMs
      case 'firstToken':
        return this.deadlines.firstTokenMs
      case 'betweenTokens':
        return this.deadlines.betweenTokensMs
    }
  }

  #error(wait: GenerationWait, limitMs: number): KithError {
    const details = { machine: this.machineName(), seconds: Math.ceil(limitMs / 1_000) }
    switch (wait) {
      case 'connect':
      case 'queue':
        return kithError('machine_unreachable', details)
      case 'accept':
        return kithError('accept_timeout', details)
      case 'load':
        return kithError('load_timeout', details)
      case 'firstToken':
        return kithError('first_token_timeout', details)
      case 'betweenTokens':
        return kithError('token_timeout', details)
    }
  }
}
