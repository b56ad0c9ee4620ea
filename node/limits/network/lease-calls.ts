import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { LeaseQuotaCall, LeaseQuotaReply } from '../../protocol/messages/lease-messages.ts'
import type { MachineDirectory } from '../../protocol/machines.ts'
import type { ServiceClients } from '../../protocol/service/service-client.ts'
import type { ReplyTo } from './ports.ts'

export interface LeaseCallsOptions {
  readonly selfDeviceId: DeviceId
  readonly machines: MachineDirectory
  readonly clients: Pick<ServiceClients, 'call'>
  /** What to call a machine in a sentence. */
  readonly machineName: (deviceId: DeviceId) => string
}

/** Sends `leaseQuota` to other devices. */
export class LeaseCalls {
  constructor(private readonly options: LeaseCallsOptions) {}

  isReachable(deviceId: DeviceId): boolean {
    const { selfDeviceId, machines } = this.options
    return deviceId === selfDeviceId || machines.list().some((machine) => machine.deviceId === deviceId)
  }

  /** Fails at once where the device is not connected. */
  async send<Call extends LeaseQuotaCall>(deviceId: DeviceId, call: Call): Promise<Result<ReplyTo<Call>>> {
    const { machines, clients, machineName } = this.options
    const target = machines.list().find((machine) => machine.deviceId === deviceId)
    if (!target) return fail('machine_unreachable', { machine: machineName(deviceId) })
    const reply = await clients.call(target, 'leaseQuota', call)
    if (!reply.ok) return reply
    return isReplyTo(call, reply.value) ? ok(reply.value) : fail('protocol_error')
  }
}

function isReplyTo<Call extends LeaseQuotaCall>(call: Call, reply: LeaseQuotaReply): reply is ReplyTo<Call> {
  return reply.type === call.type
}
