import { kithError, type KithError } from '../../contract/errors.ts'

/** How long each part of a generation may take. Each has its own error code. */
export interface GenerationDeadlines {
  readonly connectMs: number
  readonly acceptMs: number
  /** In the machine's queue, in all. */
  readonly queueMs: number
  /** Without a sign of life, from a free slot to the first token. */
  readonly firstTokenMs: number
  /** The same while the engine loads the model. */
  readonly loadMs: number
  /** From a free slot to the first token, whatever signs of life come: no machine holds a caller for ever. */
  readonly prepareMs: number
  readonly betweenTokensMs: number
  /** All of it, but for the queue. */
  readonly totalMs: number
}

export const defaultDeadlines: GenerationDeadlines = {
  connectMs: 10_000,
  acceptMs: 5_000,
  queueMs: 60 * 60_000,
  firstTokenMs: 30_000,
  loadMs: 120_000,
  prepareMs: 5 * 60_000,
  betweenTokensMs: 20_000,
  totalMs: 30 * 60_000,
}

/** What a generation waits for. A place in the queue is not a fault: nothing else runs in it. */
export type GenerationWait = 'connect' | 'accept' | 'queue' | 'load' | 'firstToken' | 'betweenTokens'

/** What is not to exceed a sum, however often a wait begins anew. */
type Budget = 'queue' | 'prepare' | 'total'

/** A timer that fires this much late was held up by this computer, so nobody else is blamed. */
const ownStallMs = 1_000

const budgetsOf: Readonly<Record<GenerationWait, readonly Budget[]>> = {
  connect: ['total'],
  accept: ['total'],
  queue: ['queue'],
  load: ['prepare', 'total'],
  firstToken: ['prepare', 'total'],
  betweenTokens: ['total'],
}

/** Runs the deadline of what a generation waits for now, within the sums that it may take in all. */
export class DeadlineClock {
  #wait: GenerationWait = 'connect'
  #enteredMs = performance.now()
  #timer: NodeJS.Timeout | undefined
  readonly #leftMs: Record<Budget, number>

  constructor(
    private readonly deadlines: GenerationDeadlines,
    private readonly machineName: () => string,
    private readonly onExpire: (error: KithError) => void,
  ) {
    const { queueMs, prepareMs, totalMs } = deadlines
    this.#leftMs = { queue: queueMs, prepare: prepareMs, total: totalMs }
  }

  /** Starts the deadline of the next thing waited for; the same thing again starts anew. */
  enter(wait: GenerationWait): void {
    clearTimeout(this.#timer)
    const nowMs = performance.now()
    for (const budget of budgetsOf[this.#wait]) this.#leftMs[budget] -= nowMs - this.#enteredMs
    this.#wait = wait
    this.#enteredMs = nowMs
    const ownMs = this.#ownMs(wait)
    let limitMs = ownMs
    let spent: Budget | null = null
    for (const budget of budgetsOf[wait]) {
      if (this.#leftMs[budget] >= limitMs) continue
      limitMs = this.#leftMs[budget]
      spent = budget
    }
    this.#timer = setTimeout(
      () => {
        if (performance.now() - nowMs - limitMs > ownStallMs) this.enter(wait)
        else this.onExpire(spent === null ? this.#error(wait, ownMs) : this.#spent(spent))
      },
      Math.max(0, limitMs),
    )
  }

  /** Starts the current deadline anew. */
  restart(): void {
    this.enter(this.#wait)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #ownMs(wait: GenerationWait): number {
    switch (wait) {
      case 'connect':
        return this.deadlines.connectMs
      case 'accept':
        return this.deadlines.acceptMs
      case 'queue':
        return this.deadlines.queueMs
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
        return kithError('machine_unreachable', details)
      case 'accept':
        return kithError('accept_timeout', details)
      case 'queue':
        return this.#spent('queue')
      case 'load':
        return kithError('load_timeout', details)
      case 'firstToken':
        return kithError('first_token_timeout', details)
      case 'betweenTokens':
        return kithError('token_timeout', details)
    }
  }

  #spent(budget: Budget): KithError {
    switch (budget) {
      case 'queue':
        return kithError('queue_full', { machine: this.machineName() })
      case 'prepare':
        return this.#error(this.#wait === 'load' ? 'load' : 'firstToken', this.deadlines.prepareMs)
      case 'total':
        return kithError('total_timeout', { minutes: Math.ceil(this.deadlines.totalMs / 60_000) })
    }
  }
}
