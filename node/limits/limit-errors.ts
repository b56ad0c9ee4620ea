import { kithError, type KithError } from '../contract/errors.ts'
import type { LimitName } from '../contract/limits.ts'
import type { Refusal } from './fit.ts'
import { shapeOf } from './limit-names.ts'

/** Why a request is refused: the sentence for people, and the figures for programs. */
export function limitError(refusal: Refusal, limit: number, resetsAtMs: number): KithError {
  const { refused, left, needed } = refusal
  const { window, words } = shapeOf(refused)
  if (window === null) return kithError('concurrency_reached', { limit, limitName: refused })
  const resetsAt = new Date(resetsAtMs).toISOString()
  return kithError('limit_reached', { limit, name: words, left, needed, resetsAt, limitName: refused, resetsAtMs })
}

/** Why a request is refused while the grantor is out of reach. */
export function awayError(machine: string, name: LimitName, resetsAtMs: number): KithError {
  const details = { machine, limitName: name }
  return kithError('limit_home_away', shapeOf(name).window === null ? details : { ...details, resetsAtMs })
}
