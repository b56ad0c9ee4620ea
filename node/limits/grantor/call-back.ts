import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { GrantorLedger } from './grantor-ledger.ts'
import type { LimitSubject } from '../limiter.ts'
import type { HolderPort } from '../network/ports.ts'
import { recallMs } from '../times.ts'

export interface CallBackOptions {
  readonly nowMs: () => number
  readonly isReachable: (deviceId: DeviceId) => boolean
  readonly holderAt: (deviceId: DeviceId) => HolderPort
}

/** Takes what one holder has left; null where it did not reply in time. */
export type TakeRecall = (deviceId: DeviceId, reply: RecallReply | null) => void

/** Has those holders that can be asked give back what is idle, all at once. */
export async function callBack(
  { nowMs, isReachable, holderAt }: CallBackOptions,
  subject: LimitSubject,
  ledger: GrantorLedger,
  holders: readonly DeviceId[],
  take: TakeRecall,
): Promise<void> {
  const ask = async (holder: DeviceId): Promise<void> => {
    const answeredSequence = ledger.rows.get(holder)?.answeredSequence ?? 0
    const call = { type: 'recall', subject, answeredSequence, nowMs: nowMs() } as const
    const reply = await withDeadline(holderAt(holder).recall(call), recallMs)
    take(holder, reply.inTime && reply.value.ok ? reply.value.value : null)
  }
  await Promise.all(holders.filter(isReachable).map(ask))
}
