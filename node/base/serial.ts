/** Runs asynchronous steps one after another; a failed step does not stop the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#last.then(step, step)
    // The caller sees the failure; the queue only needs to know that the step is over.
    this.#last = next.catch(() => undefined)
    return next
  }

  /** Resolves when every step queued so far is over. */
  async idle(): Promise<void> {
    await this.#last
  }
}
