import type { ProcessorOptions } from '../processor.ts'

/** Everybody is an active member, and requests of this computer's gateway are the owner's. */
export const permissiveAccess = {
  isOwnAccount: () => true,
  memberState: () => 'active',
  onFailedFor: () => undefined,
} satisfies Partial<ProcessorOptions>

/** No device has the gateway role. */
export const withoutGateways = { isGateway: () => false } satisfies Partial<ProcessorOptions>

/** Nobody is held to a plan. */
export const withoutPlans: ProcessorOptions['planLimits'] = {
  within: (request, _caller, _signal, generate) => generate(request.maxTokens),
}

/** No receipt is made, by processor or gateway. */
export const withoutReceipts = { begin: () => null } satisfies ProcessorOptions['receipts']
