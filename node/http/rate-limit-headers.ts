import type { LimitState } from '../contract/limits.ts'

/** The `x-ratelimit-…` headers: for requests and for tokens the limit that has the least left. */
export function rateLimitHeaders(states: readonly LimitState[], nowMs: number): Record<string, string> {
  return { ...headersOf(states, 'requests', nowMs), ...headersOf(states, 'tokens', nowMs) }
}

function headersOf(states: readonly LimitState[], what: 'requests' | 'tokens', nowMs: number): Record<string, string> {
  const tightest = states
    .filter((state) => state.name.startsWith(what) && state.resetsAtMs !== null)
    // Of two limits with as little left, the longer wait is reported.
    .sort((one, other) => one.left - other.left || (other.resetsAtMs ?? 0) - (one.resetsAtMs ?? 0))[0]
  if (!tightest) return {}
  return {
    [`x-ratelimit-limit-${what}`]: String(tightest.limit),
    [`x-ratelimit-remaining-${what}`]: String(tightest.left),
    [`x-ratelimit-reset-${what}`]: duration((tightest.resetsAtMs ?? nowMs) - nowMs),
  }
}

/** A time as clients of this header read it: `12ms`, `1s`, `6m0s`, `26h3m0s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`
  const seconds = Math.ceil(ms / 1_000)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const first = parts.findIndex((part) => part > 0)
  return parts
    .map((part, index) => `${part}${'hms'.charAt(index)}`)
    .slice(first)
    .join('')
}
