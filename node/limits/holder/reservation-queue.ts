import { Serial } from '../../base/serial.ts'
import type { KithError } from '../../contract/errors.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { maxNeeds, type ExchangeReply, type LeaseNeed } from '../../protocol/messages/lease-messages.ts'
import { storageFailure } from '../../state/storage-error.ts'
import { GrantorClient } from './grantor-client.ts'
import type { HeldBudget, Taken } from './held-budget.ts'
import type { HolderOptions } from './holder-options.ts'
import type { Holding } from './holding.ts'
import { awayError, limitError } from '../limit-errors.ts'
import type { LimitTerms, Reservation } from '../limiter.ts'
import { idleMs } from '../times.ts'

/** A request that waits for the decision whether it may run. */
interface Waiting {
  readonly need: LeaseNeed
  readonly signal: AbortSignal
  readonly decide: (decision: Result<Taken>) => void
}

/**
 * Where requests of one subject queue on this device: it serves them from what is held, and asks the grantor
 * for the rest, for all that wait at once.
 */
export class ReservationQueue {
  readonly #serial = new Serial()
  readonly #grantor: GrantorClient
  #waiting: Waiting[] = []
  #idleTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(
    readonly holding: Holding,
    private readonly options: HolderOptions,
  ) {
    this.#grantor = new GrantorClient(holding, options)
  }

  get grantor(): DeviceId | null {
    return this.#terms.grantors[0] ?? null
  }

  reserve(terms: LimitTerms, need: LeaseNeed, signal: AbortSignal): Promise<Result<Reservation>> {
    if (signal.aborted) return Promise.resolve(fail('stopped'))
    this.holding.terms = terms
    return new Promise((resolve) => {
      const stopped = (): void => resolve(fail('stopped'))
      signal.addEventListener('abort', stopped, { once: true })
      this.#waiting.push({
        need,
        signal,
        decide: (decision) => {
          signal.removeEventListener('abort', stopped)
          if (!decision.ok) return resolve(decision)
          const reservation = this.#reservation(decision.value)
          // Decided for somebody who has left: nothing was begun.
          if (signal.aborted) reservation.settle({ tokens: 0, requests: 0 })
          else resolve(ok(reservation))
        },
      })
      if (this.#waiting.length === 1) this.#inBackground(() => this.#serve())
    })
  }

  /** Reports what has changed, and gives back what is idle beyond the share. */
  report(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#isClosed || this.#waiting.length > 0) return
      await this.#roll()
      if (!this.#budget.isDirty && !this.#budget.hasIdle) return
      this.#budget.giveBack('beyondShare')
      // On disk first: after a crash this device must not believe that it still holds it.
      await this.holding.keep()
      if (await this.#grantor.ask([])) this.holding.endExchange()
      this.options.onChange(this.holding.subject)
    })
  }

  /** Something has changed that the grantor should know soon. */
  reportSoon(): Promise<void> {
    this.#budget.isDirty = true
    this.#idleSoon()
    return this.holding.keep()
  }

  /** Somebody looks at how the limits stand: asks what others have used, where the last reply is old. */
  freshen(): void {
    if (!this.#grantor.isStale) return
    this.#budget.isDirty = true
    this.#idleSoon()
  }

  /** The last report: nothing is kept, no share either. */
  leave(): Promise<void> {
    clearTimeout(this.#idleTimer)
    this.#isClosed = true
    return this.#serial.run(async () => {
      const { record } = this.#budget
      if (!record.share && !this.#budget.isDirty) return
      this.#budget.roll(this.#terms, this.options.clock())
      record.share = null
      this.#budget.giveBack('all')
      await this.holding.keep()
      await this.#grantor.ask([], true)
      this.holding.endExchange()
    })
  }

  get #budget(): HeldBudget {
    return this.holding.budget
  }

  get #terms(): LimitTerms {
    return this.holding.terms
  }

  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever has left takes no place from those who stay.
      this.#waiting = this.#waiting.filter(({ signal }) => !signal.aborted)
      const batch = this.#waiting.splice(0, maxNeeds)
      const decisions = new Map<Waiting, Result<Taken>>()
      try {
        await this.#decide(batch, decisions)
        await this.holding.keep()
      } catch (cause) {
        this.#undo(batch, decisions, cause)
        continue
      }
      for (const [waiting, decision] of decisions) waiting.decide(decision)
      this.#idleSoon()
      this.options.onChange(this.holding.subject)
    }
  }

  /** What was taken is not on disk, so it may not be used. */
  #undo(batch: readonly Waiting[], decisions: ReadonlyMap<Waiting, Result<Taken>>, cause: unknown): void {
    for (const decision of decisions.values()) {
      if (decision.ok) this.#budget.settle(decision.value, { tokens: 0, requests: 0 })
    }
    this.options.log.error({ cause }, 'limits could not be kept')
    const failed = storageFailure(cause)
    for (const waiting of batch) waiting.decide(failed)
  }

  async #decide(batch: readonly Waiting[], decisions: Map<Waiting, Result<Taken>>): Promise<void> {
    await this.#roll()
    for (const waiting of batch) {
      const isWhole = this.#budget.fit(waiting.need).lacking.length === 0
      if (isWhole) decisions.set(waiting, ok(this.#budget.takeAnyway(waiting.need.tokens)))
    }
    // Once more where the clock was ahead, or a debt came to light.
    for (let round = 0; round < 3; round++) {
      const open = batch.filter((waiting) => !decisions.has(waiting))
      if (open.length === 0) return
      const reply = await this.#grantor.ask(open.map(({ need }) => need))
      try {
        if (!reply) break
        open.forEach((waiting, index) => {
          const decision = this.#read(reply, waiting, index)
          if (decision) decisions.set(waiting, decision)
        })
      } finally {
        this.holding.endExchange()
      }
    }
    for (const waiting of batch) if (!decisions.has(waiting)) decisions.set(waiting, this.#alone(waiting.need))
  }

  /** What the grantor decided about one request; null where it has to be asked again. */
  #read(reply: ExchangeReply, { need }: Waiting, index: number): Result<Taken> | null {
    const decision = reply.answers[index]
    if (!decision) return null
    // The grantor may be new, and know nothing of what was asked here before.
    if ('isUnasked' in decision) return this.#budget.vouchers.showAgain() ? null : this.#alone(need)
    if ('refused' in decision) {
      const endMs = reply.windows.find(({ name }) => name === decision.refused)?.endMs ?? 0
      return { ok: false, error: limitError(decision, this.#terms.limits[decision.refused] ?? 0, endMs) }
    }
    const { tokens } = decision
    if (this.#terms.limitMode === 'shadow') return ok(this.#budget.takeAnyway(need.tokens))
    const taken = this.#budget.take({ tokens, leastTokens: tokens })
    return taken && ok(taken)
  }

  /** Decides without the grantor, from what is held here. */
  #alone(need: LeaseNeed): Result<Taken> {
    const { refusal, tokens, lacking } = this.#budget.fit(need)
    if (!refusal) return ok(this.#budget.takeAnyway(tokens))
    if (this.#terms.limitMode === 'shadow') {
      this.#budget.noteWouldRefuse(lacking)
      return ok(this.#budget.takeAnyway(need.tokens))
    }
    const machine = this.grantor ? this.options.machineName(this.grantor) : ''
    return { ok: false, error: this.#away(machine, refusal.refused) }
  }

  #away(machine: string, name: Parameters<typeof awayError>[1]): KithError {
    return awayError(machine, name, this.#budget.endsAtMs(name))
  }

  /** Moves on to the windows of now; a clock that may be wrong is compared with the grantor's first. */
  async #roll(): Promise<void> {
    if (this.#budget.isInDoubt(this.options.clock())) {
      await this.#grantor.ask([])
      this.holding.endExchange()
    }
    this.#budget.roll(this.#terms, this.options.clock())
  }

  #reservation(taken: Taken): Reservation {
    let isSettled = false
    return {
      tokens: taken.tokens,
      settle: ({ tokens, requests = 1 }) => {
        if (isSettled) return
        isSettled = true
        this.#budget.settle(taken, { tokens, requests })
        this.#inBackground(() => this.holding.keep(), false)
        this.#idleSoon()
        this.options.onChange(this.holding.subject)
      },
    }
  }

  #idleSoon(): void {
    if (this.#isClosed || this.#idleTimer) return
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined
      this.#inBackground(() => this.report(), false)
    }, idleMs)
  }

  #inBackground(step: () => Promise<void>, isSerial = true): void {
    const running = isSerial ? this.#serial.run(step) : step()
    running.catch((cause: unknown) => this.options.log.error({ cause }, 'limits could not be kept'))
  }
}
