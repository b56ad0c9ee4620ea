import type { AccountState } from './standing.ts'

/** Whether a device has the gateway role: the directory gives it, and counts it while its account is active. */
export function hasGatewayRole(device: { readonly isGateway: boolean }, account: AccountState | null): boolean {
  return device.isGateway && account === 'active'
}

/** How a device stands to the account it speaks for. */
export interface Speaker {
  readonly isOwnDevice: boolean
  /** Whether it has the gateway role in the pool. */
  readonly isGateway: boolean
}

/** An account is spoken for by its own devices, and by the gateways of the pool. */
export function speaksFor({ isOwnDevice, isGateway }: Speaker): boolean {
  return isOwnDevice || isGateway
}
