import type { Log } from '../../base/log.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { LimitSubject } from '../limiter.ts'
import type { GrantorPort } from '../network/ports.ts'
import type { Clock } from './held-budget.ts'

export interface HolderOptions {
  readonly selfDeviceId: DeviceId
  readonly clock: () => Clock
  readonly log: Log
  readonly grantorAt: (deviceId: DeviceId) => GrantorPort
  readonly machineName: (deviceId: DeviceId) => string
  readonly onChange: (subject: LimitSubject) => void
}
