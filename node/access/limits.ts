import { speaksFor, type Speaker } from './gateway-role.ts'
import { isPresent, type Standing } from './standing.ts'

/** Whether a limit is of an API key, or of a member on a plan. */
export type LimitKind = 'key' | 'member'

/** Whether a device may ask for parts of a limit: of a key its account and gateways, of a plan any device of the pool. */
export function mayHold(kind: LimitKind, holder: Speaker & { readonly state: Standing['state'] | null }): boolean {
  return holder.state !== null && isPresent(holder.state) && holdsLimit(kind, holder)
}

/** Whether a device of the pool is one that a limit is shared out among. */
export function holdsLimit(kind: LimitKind, holder: Speaker): boolean {
  switch (kind) {
    case 'key':
      return speaksFor(holder)
    case 'member':
      return true
  }
}

/** Whether a device may fetch a plan lease for a processor that cannot ask the coordinator. */
export function mayCarry(kind: LimitKind, carrier: Speaker): boolean {
  switch (kind) {
    case 'key':
      return false
    case 'member':
      return speaksFor(carrier)
  }
}
