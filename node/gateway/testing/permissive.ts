import type { GatewayOptions } from '../gateway.ts'

/** No key is looked up, and none is held to its limits. */
export const withoutKeyLimits: GatewayOptions['limits'] = {
  within: (request, _signal, generate) => generate(request),
  planLease: () => Promise.resolve(null),
  planVoucher: () => undefined,
}

/** No pool refuses this install, and all machines that there are have connected. */
export const settledPools = {
  isConnecting: () => false,
  refusalOf: () => null,
} satisfies Partial<GatewayOptions>
