import type { Role } from '../contract/pools.ts'
import { speaksFor, type Speaker } from './gateway-role.ts'
import { isPresent, type Standing } from './standing.ts'

/** Whether a limit is of an API key, or of a member on a plan. */
export type LimitKind = 'key' | 'member'

/**
 * How far a device is believed that holds parts of a limit.
 *
 * `own`: a device of the key's account. `gateway`: it says on whose behalf it asks. `voucher`: only for what the
 * member has asked of it. `none`: it is granted nothing, and may report what it had.
 */
export type HolderTrust = 'own' | 'gateway' | 'voucher' | 'none'

/** What is known of a device that asks for parts of a limit. */
export interface HolderFacts extends Speaker {
  readonly state: Standing['state'] | null
  readonly role: Role | null
  /** Whether it says that it shares its models. */
  readonly isSharing: boolean
}

/** Whom a limit is shared out to: of a key its account and gateways, of a plan the computers that serve. */
export function trustOf(kind: LimitKind, { state, role, isSharing, isGateway, isOwnDevice }: HolderFacts): HolderTrust {
  if (state === null || !isPresent(state)) return 'none'
  if (kind === 'key') return isOwnDevice ? 'own' : isGateway ? 'gateway' : 'none'
  // Members are counted where others serve them, and guests count nobody.
  if (role === 'guest' || role === null) return 'none'
  if (isGateway) return 'gateway'
  return isSharing && !isOwnDevice ? 'voucher' : 'none'
}

/** Whether a device of the pool is one that a limit is shared out among. */
export function holdsLimit(kind: LimitKind, holder: Speaker & { readonly role: Role | null }): boolean {
  switch (kind) {
    case 'key':
      return speaksFor(holder)
    case 'member':
      return holder.role !== null && holder.role !== 'guest' && (holder.isGateway || !holder.isOwnDevice)
  }
}

/** Whether a device may see how a limit stands: those of its account. */
export function mayLook({
  state,
  isOwnDevice,
}: {
  readonly state: Standing['state'] | null
  isOwnDevice: boolean
}): boolean {
  return isOwnDevice && state !== null && isPresent(state)
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
