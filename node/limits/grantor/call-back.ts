import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { LeaseQuotaCall, RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { GrantorLedger } from './grantor-ledger.ts'
import type { LimitSubject } from '../limiter.ts'
import { recallMs } from '../times.ts'

export type RecallCall = Extract<LeaseQuotaCall, { type: 'recall' }>

export interface CallBackOptions {
  readonly nowMs: () => number
  readonly isReachable: (deviceId: DeviceId) => boolean
  /** Asks a holder to give back what is idle. */
  readonly recall: (deviceId: DeviceId, call: RecallCall) => Promise<Result<RecallReply>>
}

/** Has those holders that can be asked give back what is idle, all at once, and writes down what they say. */
export async function callBack(
  { nowMs, isReachable, recall }: CallBackOptions,
  subject: LimitSubject,
  ledger: GrantorLedger,
  holders: readonly DeviceId[],
): Promise<void> {
  const ask = async (holder: DeviceId): Promise<void> => {
    const answeredSequence = ledger.rows.get(holder)?.answeredSequence ?? 0
    const call = recall(holder, { type: 'recall', subject, answeredSequence, nowMs: nowMs() })
    const reply = await withDeadline(call, recallMs)
    if (reply.inTime && reply.value.ok) ledger.acceptRecall(holder, reply.value.value)
  }
  await Promise.all(holders.filter(isReachable).map(ask))
}
