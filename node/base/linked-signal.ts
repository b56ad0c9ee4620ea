import { setMaxListeners } from 'node:events'

/** A signal that fires with any of several others, or after a time. Whoever makes it releases it. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  abort(): void
  /** Lets go of the other signals and of the timer; the signal itself does not fire. */
  release(): void
}

/**
 * Links signals by listeners that are held until they are released.
 *
 * Not `AbortSignal.any`: on Node 20 a fetch with such a signal was collected in the middle of its body, and
 * neither the body's end nor an abort ever arrived (3 of 4 runs of the download tests).
 */
export function linkSignals(sources: readonly AbortSignal[], deadlineMs?: number): LinkedSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = deadlineMs === undefined ? undefined : setTimeout(abort, deadlineMs)
  for (const source of sources) {
    if (source.aborted) abort()
    // Behind the signal of a whole service stand as many links as it has answers; Node warns from eleven on.
    setMaxListeners(0, source)
    source.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: controller.signal,
    abort,
    release() {
      clearTimeout(timer)
      for (const source of sources) source.removeEventListener('abort', abort)
    },
  }
}
