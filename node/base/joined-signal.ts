import { setMaxListeners } from 'node:events'
import { anySignal, type ClearableSignal } from 'any-signal'

/**
 * Joins signals: fires with the first of them, for its reason, or as a `TimeoutError` after a time.
 *
 * Whoever joins calls `clear` in a `finally`: it lets go of the sources and of the timer. Listeners are held until then,
 * unlike those of `AbortSignal.any` (docs/decisions/0024).
 */
export function joinSignals(sources: readonly AbortSignal[], deadlineMs?: number): ClearableSignal {
  // The signal of a whole service has as many listeners as the service has requests; Node warns from eleven on.
  if (sources.length > 0) setMaxListeners(0, ...sources)
  if (deadlineMs === undefined) return anySignal([...sources])
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort(new DOMException('The operation took too long', 'TimeoutError'))
  }, deadlineMs)
  const joined = anySignal([...sources, deadline.signal])
  const clearSources = joined.clear.bind(joined)
  return Object.assign(joined, {
    clear(): void {
      clearTimeout(timer)
      clearSources()
    },
  })
}
