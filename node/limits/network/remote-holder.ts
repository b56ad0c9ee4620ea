import type { DeviceId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { RecallReply } from '../../protocol/messages/lease-messages.ts'
import type { LeaseCalls } from './lease-calls.ts'
import type { HolderPort, RecallCall } from './ports.ts'

/** A holder on another device. */
export class RemoteHolder implements HolderPort {
  constructor(
    private readonly deviceId: DeviceId,
    private readonly calls: LeaseCalls,
  ) {}

  recall(call: RecallCall): Promise<Result<RecallReply>> {
    return this.calls.send(this.deviceId, call)
  }
}
