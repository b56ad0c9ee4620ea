import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { ExchangeCall, ExchangeReply } from '../../protocol/messages/lease-messages.ts'
import type { Bee } from '../../state/bee.ts'
import type { Clock } from './held-budget.ts'
import type { Journal } from '../journal.ts'
import type { LimitSubject } from '../limiter.ts'

export interface HolderOptions {
  readonly bee: Bee
  readonly journal: Journal
  readonly clock: () => Clock
  readonly log: Log
  /** Talks to the grantor of a subject; fails at once where it is not connected. */
  readonly exchange: (grantor: DeviceId, call: ExchangeCall) => Promise<Result<ExchangeReply>>
  readonly machineName: (deviceId: DeviceId) => string
  readonly onChange: (subject: LimitSubject) => void
}
