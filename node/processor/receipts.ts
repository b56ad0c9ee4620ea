import type { Caller } from '../access/standing.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { Receipt } from '../contract/usage.ts'
import type { TokenCounter } from '../protocol/generations/token-counter.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { PoolReceipts } from '../usage/pool-receipts.ts'
import { attemptIdOf } from '../usage/signed-receipt.ts'
import { GenerationMeter } from '../usage/generation-meter.ts'

export interface ProcessorReceiptsOptions {
  /** Null for a pool this account is not in. */
  readonly poolOf: (poolId: PoolId) => Pick<PoolReceipts, 'opened' | 'served'> | null
  readonly selfDeviceId: DeviceId
  readonly accountId: AccountId
  readonly digestOf: (model: string) => string
  readonly nowMs: () => number
}

/** The receipt of one generation on this computer, while it runs. */
export interface GenerationReceipt {
  /** Notes a part. The last one comes back with the receipt in front of it. */
  follow(part: ServedPart): readonly ServedPart[]
  /** The caller is gone. */
  lost(): void
  /** The engine has finished: a generation whose caller is gone leaves a receipt too. */
  close(): void
}

/** Makes the receipt of every request that this computer takes. */
export class ProcessorReceipts {
  constructor(private readonly options: ProcessorReceiptsOptions) {}

  /**
   * Null for a pool this account is not in. `caller` is null for requests of this install; `tokens` follows the same
   * parts.
   */
  begin(request: PromptRequest, caller: Caller | null, tokens: TokenCounter): GenerationReceipt | null {
    const pool = this.options.poolOf(request.poolId)
    if (!pool) return null
    const { selfDeviceId, accountId, digestOf, nowMs } = this.options
    return new ServedReceipt(pool, nowMs, tokens, {
      attemptId: attemptIdOf(request.requestId, request.attempt ?? 1),
      requestId: request.requestId,
      poolId: request.poolId,
      accountId: request.consumer?.accountId ?? caller?.accountId ?? accountId,
      keyId: request.consumer?.keyId ?? null,
      model: request.model,
      modelDigest: digestOf(request.model).slice(0, 128),
      processorDeviceId: selfDeviceId,
      gatewayDeviceId: caller?.deviceId ?? selfDeviceId,
    })
  }
}

class ServedReceipt implements GenerationReceipt {
  readonly #meter: GenerationMeter
  #isLost = false
  #isSigned = false

  constructor(
    private readonly pool: Pick<PoolReceipts, 'opened' | 'served'>,
    private readonly nowMs: () => number,
    tokens: TokenCounter,
    private readonly names: Pick<
      Receipt,
      | 'attemptId'
      | 'requestId'
      | 'poolId'
      | 'accountId'
      | 'keyId'
      | 'model'
      | 'modelDigest'
      | 'processorDeviceId'
      | 'gatewayDeviceId'
    >,
  ) {
    this.#meter = new GenerationMeter(tokens)
  }

  follow(part: ServedPart): readonly ServedPart[] {
    const isNew = part.type === 'accepted' && !this.#meter.isAccepted
    this.#meter.follow(part)
    if (isNew) this.pool.opened(this.names.attemptId, this.names.gatewayDeviceId)
    if (part.type !== 'end' && part.type !== 'failed') return [part]
    const signed = this.#sign()
    return signed ? [signed, part] : [part]
  }

  lost(): void {
    this.#isLost = true
  }

  close(): void {
    this.#sign()
  }

  /** Signs once, and only for requests that were accepted. */
  #sign(): ServedPart | null {
    if (this.#isSigned || !this.#meter.isAccepted) return null
    this.#isSigned = true
    const { outcome, ...counts } = this.#meter.counts()
    // A generation that ended by itself has ended, whether or not anybody heard of it.
    const isCut = this.#isLost && (outcome === 'stopped' || outcome === 'lost')
    const receipt = {
      ...this.names,
      ...counts,
      // What this computer's own engine says is no lie of anybody: the estimate has taken its place.
      said: null,
      outcome: isCut ? ('lost' as const) : outcome,
      seams: 0,
      finishedAtMs: this.nowMs(),
    }
    const { signed, flushed } = this.pool.served(receipt)
    // Its failure is logged where it is written; the generation goes on.
    flushed.catch(() => undefined)
    return signed.processor && { type: 'receipt', record: signed.record, signature: signed.processor }
  }
}
