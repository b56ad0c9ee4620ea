import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { HolderTrust } from '../../access/limits.ts'
import type { Caller } from '../../access/standing.ts'
import type { LeaseQuotaCall, LeaseQuotaReply } from '../../protocol/messages/lease-messages.ts'
import type { Grantor } from '../grantor/grantor.ts'
import type { Holdings } from '../holder/holdings.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'

export interface LeaseQuotaOptions {
  readonly selfDeviceId: DeviceId
  readonly nowMs: () => number
  /** The limits of a subject as they are known here; null for one that is not known. */
  readonly termsOf: (subject: LimitSubject) => Promise<LimitTerms | null>
  /** How far a device is believed that holds something of a subject. */
  readonly trustOf: (subject: LimitSubject, caller: Caller) => HolderTrust
  /** Whether a device may see how a subject stands. */
  readonly mayLook: (subject: LimitSubject, caller: Caller) => boolean
  /** Whether a device may ask for plan leases of a member. */
  readonly mayCarry: (subject: LimitSubject, caller: Caller) => boolean
}

/** Handles `leaseQuota` from other devices: who may call what, and which part of the limits serves it. */
export class LeaseQuotaHandler {
  constructor(
    private readonly options: LeaseQuotaOptions,
    private readonly grantor: Grantor,
    private readonly holdings: Holdings,
  ) {}

  async handle(caller: Caller, call: LeaseQuotaCall): Promise<Result<LeaseQuotaReply>> {
    const { subject } = call
    const terms = await this.options.termsOf(subject)
    if (!terms || !this.#isAllowed(caller, call, terms)) return fail('not_admitted')
    switch (call.type) {
      case 'recall': {
        const holding = await this.holdings.open(subject, terms)
        return ok(await holding.recall(call))
      }
      case 'handOver':
        return ok({ type: 'handOver', ledger: await this.grantor.handOver(subject, terms) })
      case 'exchange':
        return this.grantor.exchange(subject, terms, caller.deviceId, this.options.trustOf(subject, caller), call)
      case 'look':
        return ok({ type: 'look', nowMs: this.options.nowMs(), states: await this.grantor.look(subject, terms) })
      case 'carry': {
        const lease = await this.grantor.carry(subject, terms, call.processorDeviceId, call.tokens)
        return lease.ok ? ok({ type: 'carry', lease: lease.value }) : lease
      }
    }
  }

  #isAllowed(caller: Caller, { type, subject }: LeaseQuotaCall, { grantors }: LimitTerms): boolean {
    const { selfDeviceId, mayLook, mayCarry } = this.options
    const [grantor] = grantors
    switch (type) {
      case 'recall':
        return grantor === caller.deviceId
      case 'handOver':
        return grantor === caller.deviceId && grantor !== selfDeviceId
      case 'exchange':
        return grantor === selfDeviceId
      case 'look':
        return grantor === selfDeviceId && mayLook(subject, caller)
      case 'carry':
        return grantor === selfDeviceId && mayCarry(subject, caller)
    }
  }
}
