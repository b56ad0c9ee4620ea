import type { DeviceId } from '../../contract/ids.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { HandedLedger } from '../../protocol/messages/lease-ledger.ts'
import type { ExchangeCall, ExchangeReply, LookReply } from '../../protocol/messages/lease-messages.ts'
import type { LimitSubject } from '../limiter.ts'
import type { LeaseCalls } from './lease-calls.ts'
import type { GrantorPort } from './ports.ts'

/** A grantor on another device. */
export class RemoteGrantor implements GrantorPort {
  constructor(
    private readonly deviceId: DeviceId,
    private readonly calls: LeaseCalls,
  ) {}

  exchange(call: ExchangeCall): Promise<Result<ExchangeReply>> {
    return this.calls.send(this.deviceId, call)
  }

  async carry(subject: LimitSubject, processorDeviceId: DeviceId, tokens: number): Promise<Result<string>> {
    const reply = await this.calls.send(this.deviceId, { type: 'carry', subject, processorDeviceId, tokens })
    return reply.ok ? ok(reply.value.lease) : reply
  }

  /** How the limits of a subject stand there. */
  look(subject: LimitSubject): Promise<Result<LookReply>> {
    return this.calls.send(this.deviceId, { type: 'look', subject })
  }

  /** All that was counted there, where this device is the grantor now. */
  async handOver(subject: LimitSubject): Promise<Result<HandedLedger>> {
    const reply = await this.calls.send(this.deviceId, { type: 'handOver', subject })
    return reply.ok ? ok(reply.value.ledger) : reply
  }
}
