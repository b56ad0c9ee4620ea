import type { LimitState } from '../../../node/contract/limits.ts'

/** How a limit stands at a moment. */
export interface Standing {
  readonly used: number
  readonly left: number
  readonly limit: number
  /** 0 to 1. */
  readonly portion: number
  readonly isSpent: boolean
  /** Null where nothing starts anew: a limit on what runs at once, or a window that has just ended. */
  readonly resetsAtMs: number | null
}

/** A window that has ended is empty again, even before anybody has said so. */
export function standingOf(state: LimitState, nowMs: number): Standing {
  const isOver = state.resetsAtMs !== null && state.resetsAtMs <= nowMs
  const left = isOver ? state.limit : state.left
  const used = isOver ? 0 : state.used
  return {
    used,
    left,
    limit: state.limit,
    portion: state.limit === 0 ? 1 : Math.min(1, used / state.limit),
    isSpent: left === 0,
    resetsAtMs: isOver ? null : state.resetsAtMs,
  }
}
