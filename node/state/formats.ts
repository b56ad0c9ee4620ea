import type { BeeKind } from '../base/core-limits.ts'

/** The format each kind of bee is written in now. A higher number needs its migration (migrations/). */
export const formats: Readonly<Record<BeeKind, number>> = {
  directory: 1,
  envelopes: 1,
  member: 1,
  usage: 1,
  local: 3,
  index: 1,
}
