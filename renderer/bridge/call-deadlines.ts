import type { WindowCallName } from './client.ts'

const usualDeadlineMs = 60_000
const minuteMs = 60_000

/** Calls that rightly take longer; null waits for a person. */
const exceptions: Partial<Record<WindowCallName, number | null>> = {
  'host.pickModelFile': null,
  'host.saveText': null,
  'host.openText': null,
  'host.startDemo': 2 * minuteMs,
  'host.retryPeer': 2 * minuteMs,
  'pool.join': 2 * minuteMs,
  // Read every receipt of their time.
  'usage.verify': 10 * minuteMs,
  'usage.export': 5 * minuteMs,
  // Copies a file that may have tens of gigabytes.
  'model.import': 60 * minuteMs,
}

/** How long the window waits for a call before it says that something is wrong. */
export function deadlineMsOf(name: WindowCallName): number | null {
  const exception = exceptions[name]
  return exception === undefined ? usualDeadlineMs : exception
}
