import { withDeadline } from '../../base/deadline.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { GrantorLedger } from './grantor-ledger.ts'
import type { LimitSubject } from '../limiter.ts'
import type { HolderPort } from '../network/ports.ts'
import { recallMs } from '../times.ts'

export interface CallBackOptions {
  readonly nowMs: () => number
  readonly isReachable: (deviceId: DeviceId) => boolean
  readonly holderAt: (deviceId: DeviceId) => HolderPort
}

/** Has those holders that can be asked give back what is idle, all at once, and takes what they have left. */
export async function callBack(
  { nowMs, isReachable, holderAt }: CallBackOptions,
  subject: LimitSubject,
  ledger: GrantorLedger,
  holders: readonly DeviceId[],
): Promise<void> {
  const ask = async (holder: DeviceId): Promise<void> => {
    const answeredSequence = ledger.rows.get(holder)?.answeredSequence ?? 0
    const call = { type: 'recall', subject, answeredSequence, nowMs: nowMs() } as const
    const reply = await withDeadline(holderAt(holder).recall(call), recallMs)
    if (reply.inTime && reply.value.ok) ledger.acceptRecall(holder, reply.value.value)
  }
  await Promise.all(holders.filter(isReachable).map(ask))
}
