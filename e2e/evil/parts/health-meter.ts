import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Health } from './orders.ts'

const resolutionMs = 10
const peakIntervalMs = 100

/** Watches this process: how long its event loop was held up, and how much memory it has. */
export class HealthMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  #peakRssBytes = 0
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#delay.enable()
    this.#timer = setInterval(() => this.#notePeak(), peakIntervalMs)
  }

  /** What was seen since the last look. Collects garbage first where the process was started with `--expose-gc`. */
  look(): Health {
    const loopDelayMaxMs = this.#delay.max / 1e6
    this.#notePeak()
    globalThis.gc?.()
    const rssBytes = process.memoryUsage.rss()
    const health = { loopDelayMaxMs, rssBytes, peakRssBytes: this.#peakRssBytes }
    this.#peakRssBytes = rssBytes
    // Collecting all garbage at once holds the loop up too, which is nobody's attack.
    setImmediate(() => this.#delay.reset())
    return health
  }

  stop(): void {
    this.#delay.disable()
    clearInterval(this.#timer)
  }

  #notePeak(): void {
    this.#peakRssBytes = Math.max(this.#peakRssBytes, process.memoryUsage.rss())
  }
}
