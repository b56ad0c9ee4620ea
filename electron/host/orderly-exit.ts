import { whenAborted, withDeadline } from '../../node/base/deadline.ts'
import type { Log } from '../../node/base/log.ts'
import { drainDeadlineMs } from '../../node/peer/peer-options.ts'

export interface ExitSteps {
  /** Lets what runs for others finish, until the signal fires. */
  readonly drain: (signal: AbortSignal) => Promise<void>
  readonly stop: () => Promise<void>
  readonly exit: (code: number) => void
  readonly log: Log
}

/** Peers get a goodbye and the stores their last write, within this time. */
const stopDeadlineMs = 10_000
/** sysexits.h EX_SOFTWARE, for the exit after a bug. */
const bugExitCode = 70

/**
 * The only way out of the app: requests of others finish, then everything stops, each within a deadline.
 *
 * A second request to quit skips the wait for others.
 */
export class OrderlyExit {
  readonly #hurry = new AbortController()
  #exitCode = 0
  #isLeaving = false

  constructor(private readonly steps: ExitSteps) {}

  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Begins to leave; the second call goes on to the stop at once. */
  leave(): void {
    if (this.#isLeaving) return this.#hurry.abort()
    this.#isLeaving = true
    void this.#leave()
  }

  /** After a bug nothing is awaited, and the exit code reports it. */
  noteBug(): void {
    this.#exitCode = bugExitCode
    this.#hurry.abort()
  }

  /** Never rejects. */
  async #leave(): Promise<void> {
    const { drain, stop, exit, log } = this.steps
    const { signal } = this.#hurry
    const timer = setTimeout(() => this.#hurry.abort(), drainDeadlineMs)
    try {
      if (!signal.aborted) await Promise.race([drain(signal), whenAborted(signal)])
    } catch (cause) {
      log.error({ cause }, 'what runs for others could not be waited for')
    }
    clearTimeout(timer)
    try {
      const stopped = await withDeadline(stop(), stopDeadlineMs)
      if (!stopped.inTime) log.warn('not everything closed in time')
    } catch (cause) {
      log.error({ cause }, 'the stop failed')
      this.#exitCode = bugExitCode
    }
    exit(this.#exitCode)
  }
}
