import { Serial } from '../base/serial.ts'
import { fail, type Result } from '../contract/result.ts'

/** Whoever finds all places taken is told to come again. */
const places = 8
const freeFailures = 3
const firstPauseMs = 250
const maxPauseMs = 4_000
/** One failure is forgotten after each such time. */
const forgetEveryMs = 30_000
/** More are not counted, so that the line is fast again a few minutes after the last guess. */
const maxFailures = 10

/** A right password that has a place in the line is answered within this time, however many guess. */
export const longestWaitMs = places * (maxPauseMs + 1_000)

export interface PasswordLineOptions {
  readonly now?: () => number
  readonly pause?: (ms: number) => Promise<void>
}

/**
 * Passwords that programs try: checked one after the other, at a pace that slows down with wrong ones.
 *
 * Nobody can be told apart here, neither by address nor by name, so nobody is locked out: a lock would hit the
 * owner as well as the guesser. What everybody together may try is bounded instead, at one password every 4 s.
 */
export class PasswordLine {
  readonly #now: () => number
  readonly #pause: (ms: number) => Promise<void>
  readonly #serial = new Serial()
  #waiting = 0
  #failures = 0
  #failedAtMs = 0
  #triedAtMs = Number.NEGATIVE_INFINITY

  constructor({ now = () => performance.now(), pause = quietPause }: PasswordLineOptions = {}) {
    this.#now = now
    this.#pause = pause
  }

  /** Waits for its turn, then checks. Only `credentials_wrong` counts as a wrong password. */
  async run<T>(check: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.#waiting >= places) return fail('slow_down', { seconds: Math.ceil(this.#pauseMs() / 1_000) + 1 })
    this.#waiting += 1
    try {
      return await this.#serial.run(() => this.#turn(check))
    } finally {
      this.#waiting -= 1
    }
  }

  async #turn<T>(check: () => Promise<Result<T>>): Promise<Result<T>> {
    const leftMs = this.#triedAtMs + this.#pauseMs() - this.#now()
    if (leftMs > 0) await this.#pause(leftMs)
    const result = await check()
    this.#triedAtMs = this.#now()
    if (!result.ok && result.error.code === 'credentials_wrong') {
      this.#failures = Math.min(this.#lately() + 1, maxFailures)
      this.#failedAtMs = this.#now()
    }
    return result
  }

  /** A right password does not clear the count: the owner's programs log in while somebody guesses. */
  #lately(): number {
    const forgotten = Math.floor((this.#now() - this.#failedAtMs) / forgetEveryMs)
    return Math.max(0, this.#failures - forgotten)
  }

  #pauseMs(): number {
    const failures = this.#lately()
    if (failures < freeFailures) return 0
    return Math.min(firstPauseMs * 2 ** (failures - freeFailures), maxPauseMs)
  }
}

/** The process may end meanwhile. */
function quietPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
