/** Shorter prompts say more about the way to the engine than about how fast it reads. */
const leastTaughtTokens = 256
/** What was measured longer ago is not believed: the model may run elsewhere now. */
const keptMs = 24 * 3_600_000
/** Models that are kept; the ones measured longest ago go first. */
const keptModels = 256

interface Rate {
  readonly tokensPerSecond: number
  readonly measuredMs: number
}

/** How fast the engines of this computer read prompts, by model, as its own generations show it. A restart forgets it. */
export class PrefillRates {
  readonly #rates = new Map<string, Rate>()

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Tokens a second; null for a model that was not measured lately. */
  of(model: string): number | null {
    const rate = this.#rates.get(model)
    return rate && this.nowMs() - rate.measuredMs < keptMs ? rate.tokensPerSecond : null
  }

  /** A prompt was read in this time. */
  learn(model: string, promptTokens: number, tookMs: number): void {
    if (promptTokens < leastTaughtTokens || tookMs <= 0) return
    const measured = (1_000 * promptTokens) / tookMs
    const before = this.of(model) ?? measured
    // A prompt whose beginning the engine had in memory looks fast, so that slow ones are believed sooner.
    const tokensPerSecond = before + (measured - before) / (measured < before ? 2 : 8)
    this.#rates.delete(model)
    this.#rates.set(model, { tokensPerSecond, measuredMs: this.nowMs() })
    const [oldest] = this.#rates.keys()
    if (this.#rates.size > keptModels && oldest !== undefined) this.#rates.delete(oldest)
  }
}
