/** A lock with one holder at a time, in order of arrival; waiting ends when the signal fires. */
export class EngineSlot {
  #tail: Promise<void> = Promise.resolve()

  /** Resolves with the function that releases it; null when the signal fired first. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    const before = this.#tail
    let release = (): void => undefined
    this.#tail = new Promise<void>((resolve) => {
      release = resolve
    })
    const cut = new AbortController()
    const aborted = new Promise<'aborted'>((resolve) => {
      if (signal.aborted) resolve('aborted')
      signal.addEventListener('abort', () => resolve('aborted'), { once: true, signal: cut.signal })
    })
    const turn = await Promise.race([before.then(() => 'mine' as const), aborted])
    cut.abort()
    if (turn === 'mine' && !signal.aborted) return release
    // The next caller still waits for the holder before us.
    void before.then(release)
    return null
  }
}
