import type { AppState } from '../../../contract/state.ts'

/** Where programs that are set to it send their keys to another program; null where there is no such place. */
export function takenPortWarning({ takenPort, url }: AppState['api']): string | null {
  if (takenPort === undefined) return null
  const isOursToo = url !== null && new URL(url).port === String(takenPort)
  const place = isOursToo ? `localhost:${takenPort}` : `port ${takenPort}`
  return `Another program answers on ${place}: a program that is set to it sends its key there. Replace such keys.`
}
