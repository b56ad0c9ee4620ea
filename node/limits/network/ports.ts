import type { DeviceId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type {
  ExchangeCall,
  ExchangeReply,
  LeaseQuotaCall,
  LeaseQuotaReply,
  RecallReply,
} from '../../protocol/messages/lease-messages.ts'
import type { LimitSubject } from '../limiter.ts'

/** What is asked of a grantor, be it on this device (`LocalGrantor`) or on another one (`RemoteGrantor`). */
export interface GrantorPort {
  /** Takes a holder's report and grants what it needs. */
  exchange(call: ExchangeCall): Promise<Result<ExchangeReply>>
  /** Sets a plan lease aside for a processor that cannot ask by itself; returns its signed text. */
  carry(subject: LimitSubject, processorDeviceId: DeviceId, tokens: number): Promise<Result<string>>
}

/** What a grantor asks of a holder, be it on this device (`Holdings`) or on another one (`RemoteHolder`). */
export interface HolderPort {
  /** Gives back what is idle. */
  recall(call: RecallCall): Promise<Result<RecallReply>>
}

export type RecallCall = Extract<LeaseQuotaCall, { type: 'recall' }>

/** The reply that fits a call. */
export type ReplyTo<Call extends LeaseQuotaCall> = Extract<LeaseQuotaReply, { type: Call['type'] }>
