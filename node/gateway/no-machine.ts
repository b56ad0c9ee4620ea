import { kithError, type KithError } from '../contract/errors.ts'
import type { GatedMachine, GateReason } from './candidates.ts'
import { failureThere } from './failure-there.ts'

/** How near a machine was to taking the request; the nearest one is reported, as it is the easiest to fix. */
const nearness: Readonly<Record<GateReason, number>> = {
  sharing_off: 3,
  silent: 2,
  no_model: 1,
  tried: 0,
  not_in_pool: 0,
}

/** People of a pool of whom nobody is online. */
export interface AwayPool {
  readonly pool: string
  /** Those who share, as far as they have said; else all of them. */
  readonly members: readonly string[]
}

export interface Missing {
  readonly model: string
  readonly gated: readonly GatedMachine[]
  /** Whether a machine of the pool has ever offered the model. */
  readonly isKnown: boolean
  readonly away: AwayPool | null
}

/** Why no machine could take the request, by what each of them lacks. */
export function noMachine({ model, gated, isKnown, away }: Missing): KithError {
  // A model that is away may come back; one that nobody has ever had is a mistake in its name.
  const missing = kithError(isKnown ? 'no_model' : 'model_not_found', { model })
  if (away && isKnown) return kithError('nobody_online', { pool: away.pool, members: away.members.join(', '), model })
  const nearest = gated.reduce<GatedMachine | null>(
    (best, one) => (best && nearness[best.reason] >= nearness[one.reason] ? best : one),
    null,
  )
  if (!nearest) return missing
  switch (nearest.reason) {
    case 'sharing_off':
      return failureThere(kithError('sharing_off'), nearest)
    case 'silent':
      return failureThere(kithError('machine_unreachable'), nearest)
    case 'no_model':
    case 'tried':
    case 'not_in_pool':
      return missing
  }
}
