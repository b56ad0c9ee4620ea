import { kithError, type KithError } from '../contract/errors.ts'
import type { Engine } from '../engines/engine.ts'

/** How long an engine may take to its first token, by what is known of it. */
export interface Patience {
  /** For an engine of which nothing is known and that shows no sign of life. */
  readonly quietMs: number
  /** For a model that an engine loads without saying so, while it answers when it is looked at. */
  readonly unseenLoadMs: number
  /** Whatever it says. It ends before the caller's own limit, so that the reason is the right one. */
  readonly mostMs: number
  readonly lookEveryMs: number
  /** How often the caller hears that it goes on: well within its own deadline. */
  readonly tellEveryMs: number
}

export const usualPatience: Patience = {
  quietMs: 30_000,
  unseenLoadMs: 120_000,
  mostMs: 295_000,
  lookEveryMs: 5_000,
  tellEveryMs: 10_000,
}

/** Of an engine that was not measured. A processor without a graphics card reads 80 tokens a second of a small model. */
const slowestTokensPerSecond = 20
/** A prompt may take this many times what it takes by measurement: the computer may be busy with other things. */
const slowness = 2
/** A timer that fires this much late was held up by this computer: the engine is not to blame. */
const ownStallMs = 1_000

type Stage = 'loading' | 'reading'

export interface FirstTokenWatchOptions {
  readonly engine: Pick<Engine, 'look'>
  readonly model: string
  readonly promptTokens: number
  /** How fast this model reads here; null where that was not measured. */
  readonly tokensPerSecond: number | null
  readonly patience: Patience
  readonly machineName: string
  /** The caller is to hear where it is. */
  readonly onStage: (stage: Stage) => void
  readonly onExpire: (error: KithError) => void
}

/**
 * Waits for the first token of an engine, for as long as there is reason to.
 *
 * What the engine says of the request itself (it loads, it reads on) keeps it alive. That it answers when it is looked at
 * does so too, but only for the time that loading unseen and reading this prompt may take.
 */
export class FirstTokenWatch {
  readonly #stop = new AbortController()
  readonly #startedMs = performance.now()
  #stage: Stage = 'reading'
  #hasLoaded = false
  /** The last time the engine spoke of the request. */
  #spokeMs = this.#startedMs
  /** The last sign of life. */
  #aliveMs = this.#startedMs
  #toldMs = this.#startedMs
  #isLooking = false
  #timer: NodeJS.Timeout | undefined
  readonly #ticks: NodeJS.Timeout

  constructor(private readonly options: FirstTokenWatchOptions) {
    this.#ticks = setInterval(() => this.#tick(), options.patience.lookEveryMs)
    this.#arm()
  }

  /** The engine has said where it is. */
  heard(stage: Stage): void {
    if (this.#stop.signal.aborted) return
    const isNew = stage !== this.#stage || this.#toldMs === this.#startedMs
    this.#stage = stage
    this.#hasLoaded ||= stage === 'loading'
    this.#spokeMs = performance.now()
    this.#aliveMs = this.#spokeMs
    this.#arm()
    if (isNew) this.#tell()
  }

  /** The first token is there, or nothing is waited for. Returns how long the prompt was read, where that can be told. */
  stop(): number | null {
    this.#stop.abort()
    clearInterval(this.#ticks)
    clearTimeout(this.#timer)
    return this.#hasLoaded ? null : performance.now() - this.#startedMs
  }

  #tick(): void {
    if (performance.now() - this.#toldMs >= this.options.patience.tellEveryMs) this.#tell()
    if (!this.#isLooking) void this.#look()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    const sign = await this.options.engine.look(this.options.model, this.#stop.signal)
    this.#isLooking = false
    if (sign === 'loading') this.heard('loading')
    if (sign !== 'there' || this.#stop.signal.aborted) return
    const nowMs = performance.now()
    if (nowMs - this.#spokeMs > this.options.patience.unseenLoadMs + this.#readingMs()) return
    this.#aliveMs = nowMs
    this.#arm()
  }

  /** How long this prompt may take to read. */
  #readingMs(): number {
    const { promptTokens, tokensPerSecond } = this.options
    return (1_000 * promptTokens) / (tokensPerSecond === null ? slowestTokensPerSecond : tokensPerSecond / slowness)
  }

  #arm(): void {
    const { patience, tokensPerSecond } = this.options
    clearTimeout(this.#timer)
    const measuredMs = tokensPerSecond === null ? 0 : this.#readingMs()
    const dueMs = Math.min(
      this.#startedMs + patience.mostMs,
      Math.max(this.#aliveMs + patience.quietMs, this.#spokeMs + measuredMs),
    )
    this.#timer = setTimeout(() => this.#due(dueMs), Math.max(0, dueMs - performance.now()))
  }

  #due(dueMs: number): void {
    const nowMs = performance.now()
    if (nowMs - dueMs > ownStallMs) {
      this.#aliveMs = nowMs
      return this.#arm()
    }
    this.stop()
    const code = this.#stage === 'loading' ? 'load_timeout' : 'first_token_timeout'
    const seconds = Math.ceil((nowMs - this.#startedMs) / 1_000)
    this.options.onExpire(kithError(code, { machine: this.options.machineName, seconds }))
  }

  #tell(): void {
    this.#toldMs = performance.now()
    this.options.onStage(this.#stage)
  }
}
