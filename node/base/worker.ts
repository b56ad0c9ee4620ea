import { whenAborted, withDeadline } from './deadline.ts'
import { healthy, type Facility, type Health } from './facility.ts'
import { Listeners } from './listeners.ts'
import type { Log } from './log.ts'
import { startOrder } from './order.ts'

export type Phase = 'new' | 'starting' | 'running' | 'suspended' | 'draining' | 'stopped' | 'failed'

export interface StopReport {
  /** Names of facilities that did not close within the deadline or threw while closing. */
  readonly unclosed: readonly string[]
}

/**
 * The base of client, gateway and processor: a life cycle over a set of facilities.
 *
 * The lineage is Bitfinex's bfx-wrk-base: ordered facilities, one level of inheritance, a stop that
 * runs in reverse. A failed start leaves nothing open; `stop` never throws (docs/decisions/0002).
 */
export abstract class Worker {
  abstract readonly kind: string
  #phase: Phase = 'new'
  #started: Facility[] = []
  #listeners = new Listeners<Phase>()
  #starting: Promise<void> | null = null
  #stopping: Promise<StopReport> | null = null
  #abort = new AbortController()

  constructor(protected readonly log: Log) {}

  get phase(): Phase {
    return this.#phase
  }

  /** Fires when the worker begins to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The facilities this worker runs; called once, at the first start. */
  protected abstract facilities(): readonly Facility[]
  protected onStarted(): Promise<void> | void {}
  protected onStopping(): Promise<void> | void {}

  onPhase(listener: (phase: Phase) => void): () => void {
    return this.#listeners.add(listener)
  }

  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  async #start(): Promise<void> {
    this.#enter('starting')
    try {
      for (const facility of startOrder(this.facilities())) {
        this.signal.throwIfAborted()
        await facility.start(this.signal)
        this.#started.push(facility)
      }
      this.signal.throwIfAborted()
      await this.onStarted()
    } catch (cause) {
      await this.#stopStarted(10_000)
      this.#enter('failed')
      throw cause
    }
    this.#enter('running')
  }

  async suspend(): Promise<void> {
    if (this.#phase !== 'running') return
    for (const facility of [...this.#started].reverse()) await facility.suspend?.()
    this.#enter('suspended')
  }

  async resume(): Promise<void> {
    if (this.#phase !== 'suspended') return
    for (const facility of this.#started) await facility.resume?.()
    this.#enter('running')
  }

  /** Refuses new work and waits for what runs, until the signal fires. Never throws; `stop` comes next. */
  async drain(signal: AbortSignal): Promise<void> {
    if (this.#phase !== 'running') return
    this.#enter('draining')
    const drained = this.#started.map((facility) =>
      this.#attempt(facility.name, 'drain', async () => facility.drain?.(signal)),
    )
    await Promise.race([Promise.all(drained), whenAborted(signal)])
  }

  /** Closes in reverse order. Never throws; says what did not close in time. */
  stop(options: { deadlineMs: number } = { deadlineMs: 10_000 }): Promise<StopReport> {
    this.#stopping ??= this.#stop(options.deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<StopReport> {
    this.#abort.abort(new Error('The worker is stopping'))
    // A start in progress fails on the abort and closes after itself.
    const starting = this.#starting?.catch((cause: unknown) => this.log.debug({ cause }, 'start ended by stop'))
    await this.#attemptWithin(deadlineMs, this.kind, 'start', async () => starting)
    await this.#attemptWithin(deadlineMs, this.kind, 'stopping hook', async () => this.onStopping())
    const unclosed = await this.#stopStarted(deadlineMs)
    this.#enter('stopped')
    return { unclosed }
  }

  async #stopStarted(deadlineMs: number): Promise<string[]> {
    const unclosed: string[] = []
    for (const facility of this.#started.splice(0).reverse()) {
      const isClosed = await this.#attemptWithin(deadlineMs, facility.name, 'stop', async () => facility.stop())
      if (!isClosed) unclosed.push(facility.name)
    }
    return unclosed
  }

  /** Runs one step of closing; a failure or a missed deadline is logged, so that the next step still runs. */
  async #attemptWithin(deadlineMs: number, name: string, step: string, run: () => Promise<void>): Promise<boolean> {
    const attempt = await withDeadline(this.#attempt(name, step, run), deadlineMs)
    if (!attempt.inTime) this.log.warn({ facility: name, step }, 'step ran past its deadline')
    return attempt.inTime && attempt.value
  }

  async #attempt(name: string, step: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run()
      return true
    } catch (cause) {
      this.log.error({ facility: name, step, cause }, 'step failed')
      return false
    }
  }

  health(): Record<string, Health> {
    const own: Health = this.#phase === 'failed' ? { state: 'failed', reason: 'It could not start.' } : healthy
    return Object.fromEntries([
      [this.kind, own],
      ...this.#started.map((facility) => [facility.name, facility.health()] as const),
    ])
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#listeners.emit(phase)
  }
}
