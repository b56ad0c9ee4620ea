import type { DeviceId } from '../../contract/ids.ts'
import { fail, type Result } from '../../contract/result.ts'
import type { ExchangeCall, ExchangeReply } from '../../protocol/messages/lease-messages.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import type { GrantorPort } from '../network/ports.ts'
import type { Grantor } from './grantor.ts'

export interface LocalGrantorOptions {
  readonly selfDeviceId: DeviceId
  readonly termsOf: (subject: LimitSubject) => Promise<LimitTerms | null>
}

/** The grantor on this device, for the holder and the gateway beside it. */
export class LocalGrantor implements GrantorPort {
  constructor(
    private readonly options: LocalGrantorOptions,
    private readonly grantor: Grantor,
  ) {}

  async exchange(call: ExchangeCall): Promise<Result<ExchangeReply>> {
    const terms = await this.#termsOf(call.subject)
    if (!terms) return fail('not_admitted')
    return this.grantor.exchange(call.subject, terms, this.options.selfDeviceId, 'own', call)
  }

  async carry(subject: LimitSubject, processorDeviceId: DeviceId, tokens: number): Promise<Result<string>> {
    const terms = await this.#termsOf(subject)
    return terms ? this.grantor.carry(subject, terms, processorDeviceId, tokens) : fail('not_admitted')
  }

  /** Read anew, because another device may count by now: two that do would exceed the limit. */
  async #termsOf(subject: LimitSubject): Promise<LimitTerms | null> {
    const terms = await this.options.termsOf(subject)
    return terms?.grantors[0] === this.options.selfDeviceId ? terms : null
  }
}
