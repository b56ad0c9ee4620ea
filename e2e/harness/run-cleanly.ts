type Stop = () => Promise<void>

const interruptedCode = 130
/** A run whose resources were removed has this long to notice. */
const graceMs = 5_000

/** What a run has started, stopped in reverse order; one failure does not keep the others running. */
export class Cleanup {
  readonly #stops: Stop[] = []
  #running: Promise<void> = Promise.resolve()

  add(stop: Stop): void {
    this.#stops.push(stop)
  }

  /** Stops everything added so far. Calls follow each other, so the last one leaves nothing. */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#drain())
    return this.#running
  }

  async #drain(): Promise<void> {
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      try {
        await stop()
      } catch (cause) {
        process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
      }
    }
  }
}

/** Runs something that starts processes and makes folders, and removes them all, also after Ctrl-C. */
export async function runCleanly(run: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = new Cleanup()
  const interrupted = new AbortController()
  const leave = async (): Promise<void> => {
    await cleanup.run()
    process.exit(interruptedCode)
  }
  // Removing the resources makes the next step fail, which ends the run; one that only waits is left behind.
  const interrupt = (): void => {
    interrupted.abort()
    void cleanup.run()
    setTimeout(() => void leave(), graceMs).unref()
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    await run(cleanup)
  } catch (cause) {
    if (!interrupted.signal.aborted) throw cause
    process.exitCode = interruptedCode
  } finally {
    await cleanup.run()
  }
}
