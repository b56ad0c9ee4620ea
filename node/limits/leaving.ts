import { whenAborted, withDeadline } from '../base/deadline.ts'
import type { ErrorCode } from '../contract/errors.ts'
import { ok, type Result } from '../contract/result.ts'
import { subjectText } from './limit-keys.ts'
import type { LimitSubject, Reservation } from './limiter.ts'

/** An engine that was told to stop has two seconds to say what it has made. */
const settleMs = 3_000

const spent: readonly ErrorCode[] = ['limit_reached', 'concurrency_reached', 'limit_home_away']

/**
 * Reservations whose caller has left, until they are settled.
 *
 * Whoever stops a request and asks again at once would be refused for what the first has set aside and never uses, so
 * the next one waits a moment for it.
 */
export class LeavingReservations {
  readonly #bySubject = new Map<string, Set<Promise<void>>>()

  /** Asks for a reservation, and again as often as one that is being left was settled. */
  async reserve(
    subject: LimitSubject,
    signal: AbortSignal,
    ask: () => Promise<Result<Reservation>>,
  ): Promise<Result<Reservation>> {
    const name = subjectText(subject)
    const endMs = performance.now() + settleMs
    let left: Promise<void> | undefined
    let reserved = await ask()
    while (!reserved.ok && spent.includes(reserved.error.code)) {
      const leaving = this.#bySubject.get(name)
      const leftMs = endMs - performance.now()
      if (!leaving || leftMs <= 0 || signal.aborted) return reserved
      left ??= whenAborted(signal)
      await withDeadline(Promise.race([...leaving, left]), leftMs)
      reserved = await ask()
    }
    return reserved.ok ? ok(this.#watched(name, reserved.value, signal)) : reserved
  }

  #watched(name: string, reservation: Reservation, signal: AbortSignal): Reservation {
    let end = (): void => undefined
    const settled = new Promise<void>((resolve) => (end = resolve))
    const leave = (): void => this.#add(name, settled)
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    return {
      tokens: reservation.tokens,
      settle: (used) => {
        signal.removeEventListener('abort', leave)
        reservation.settle(used)
        this.#remove(name, settled)
        end()
      },
    }
  }

  #add(name: string, settled: Promise<void>): void {
    const leaving = this.#bySubject.get(name) ?? new Set()
    this.#bySubject.set(name, leaving.add(settled))
  }

  #remove(name: string, settled: Promise<void>): void {
    const leaving = this.#bySubject.get(name)
    leaving?.delete(settled)
    if (leaving?.size === 0) this.#bySubject.delete(name)
  }
}
