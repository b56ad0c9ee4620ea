import { kithError, type KithError } from '../contract/errors.ts'
import type { GatedMachine, GateReason } from './candidates.ts'

/** How near a machine was to taking the request; the nearest one is reported, as it is the easiest to fix. */
const nearness: Readonly<Record<GateReason, number>> = {
  sharing_off: 3,
  silent: 2,
  no_model: 1,
  tried: 0,
  not_in_pool: 0,
}

/** Why no machine could take the request, by what each of them lacks. */
export function noMachine(model: string, gated: readonly GatedMachine[], isKnown: boolean): KithError {
  // A model that is away may come back; one that nobody has ever had is a mistake in its name.
  const missing = kithError(isKnown ? 'no_model' : 'model_not_found', { model })
  const nearest = gated.reduce<GatedMachine | null>(
    (best, one) => (best && nearness[best.reason] >= nearness[one.reason] ? best : one),
    null,
  )
  if (!nearest) return missing
  switch (nearest.reason) {
    case 'sharing_off':
      return kithError('sharing_off', { machine: nearest.name })
    case 'silent':
      return kithError('machine_unreachable', { machine: nearest.name })
    case 'no_model':
    case 'tried':
    case 'not_in_pool':
      return missing
  }
}
