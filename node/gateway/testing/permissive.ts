import type { GatewayOptions } from '../gateway.ts'

/** No key is looked up, and none is held to its limits. */
export const withoutKeyLimits: GatewayOptions['limits'] = {
  within: (request, _signal, generate) => generate(request),
  planLease: () => Promise.resolve(null),
  planVoucher: () => undefined,
}

/** No pool refuses this install, all machines that there are have connected, and none was there before. */
export const settledPools = {
  keptMachines: { read: () => Promise.resolve([]), keep: () => undefined, written: () => Promise.resolve() },
  isConnecting: () => false,
  refusalOf: () => null,
  awayIn: () => null,
} satisfies Partial<GatewayOptions>
