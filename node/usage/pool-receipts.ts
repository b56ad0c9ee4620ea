import type { Log } from '../base/log.ts'
import type { AttemptId, DeviceId, PoolId } from '../contract/ids.ts'
import type { Receipt, UsageDirection } from '../contract/usage.ts'
import type { Bee } from '../state/bee.ts'
import { ReceiptStore, UsageNotReady, type MonthBees } from './receipt-store.ts'
import {
  attest,
  countersign,
  packReceipt,
  signReceipt,
  stateOf,
  unpackReceipt,
  type SignedReceipt,
} from './signed-receipt.ts'
import { UsageJournal, type JournalItem, type ReceiptBounds } from './usage-journal.ts'

export interface PoolReceiptsOptions {
  readonly poolId: PoolId
  readonly selfDeviceId: DeviceId
  readonly deviceSecretKey: Uint8Array
  readonly local: Bee
  readonly beesOf: (month: string) => Promise<MonthBees | null>
  readonly nowMs: () => number
  readonly log: Log
  /** This device has signed a receipt that the processor should get. */
  readonly onOwed: (processor: DeviceId) => void
}

/** The receipts of one pool on this device: as processor, as gateway, or both. */
export class PoolReceipts {
  readonly #journal: UsageJournal
  readonly #store: ReceiptStore
  /** Attempts that run on this device now. */
  readonly #running = new Set<AttemptId>()
  readonly #underWay = new Set<Promise<void>>()

  constructor(private readonly options: PoolReceiptsOptions) {
    this.#journal = new UsageJournal(options.local, options.poolId, options.nowMs)
    this.#store = new ReceiptStore(options.beesOf)
  }

  async open(): Promise<void> {
    await this.#journal.open(this.options.local)
    // For attempts that ran when this program ended, the receipt that the gateway signed alone is used.
    for (const { direction, attemptId, entry } of this.#journal.items()) {
      if (entry.state === 'open') continue
      const receipt = unpackReceipt(entry.receipt)?.receipt
      const side = direction === 'served' ? receipt?.processorDeviceId : receipt?.gatewayDeviceId
      // Made under this install's former device key, from before its profile was copied: it cannot be signed now.
      if (side !== this.options.selfDeviceId) await this.#journal.remove(direction, attemptId)
      else if (entry.state === 'begun') await this.#journal.put(direction, attemptId, { ...entry, state: 'receipt' })
    }
    this.resume()
  }

  /** Writes journalled receipts that could not be written before, because of a crash or missing read keys. */
  resume(): void {
    for (const { direction, entry } of this.#journal.items()) {
      if (entry.state !== 'receipt') continue
      const signed = unpackReceipt(entry.receipt)
      if (signed) void this.#follow(this.#write(signed, direction, entry.replaces && unpackReceipt(entry.replaces)))
    }
  }

  /** As processor: journals an accepted attempt, so that it survives a crash. */
  opened(attemptId: AttemptId, gatewayDeviceId: DeviceId): void {
    this.#running.add(attemptId)
    const entry = { state: 'open', gatewayDeviceId, madeAtMs: this.options.nowMs() } as const
    void this.#follow(this.#journal.put('served', attemptId, entry))
  }

  /** As processor: signs the receipt of a finished generation. `flushed` resolves when it is on disk. */
  served(receipt: Receipt): { readonly signed: SignedReceipt; readonly flushed: Promise<void> } {
    const signed = signReceipt(receipt, this.options.deviceSecretKey)
    this.#running.delete(receipt.attemptId)
    return { signed, flushed: this.#follow(this.#keep(signed, 'served')) }
  }

  /** As gateway: journals the receipt of an attempt that a processor accepted, for the case of a crash. */
  begun(receipt: Receipt, bounds: ReceiptBounds): void {
    const signed = attest(receipt, this.options.deviceSecretKey)
    const entry = { state: 'begun', receipt: packReceipt(signed), replaces: null, bounds } as const
    void this.#follow(this.#journal.put('consumed', receipt.attemptId, { ...entry, madeAtMs: this.options.nowMs() }))
  }

  /** As gateway: countersigns a processor's receipt. */
  countersigned(
    half: SignedReceipt,
    replaces: SignedReceipt | null = null,
    heardAtMs: number | null = null,
  ): Promise<void> {
    const signed = countersign(half, this.options.deviceSecretKey)
    return this.#follow(this.#keep(signed, 'consumed', { replaces, heardAtMs }))
  }

  /** As gateway: signs a receipt alone. */
  attested(receipt: Receipt, bounds: ReceiptBounds): Promise<void> {
    return this.#follow(this.#keep(attest(receipt, this.options.deviceSecretKey), 'consumed', { bounds }))
  }

  /** As processor: keeps a receipt that the gateway has signed. */
  confirmed(signed: SignedReceipt): Promise<void> {
    return this.#follow(this.#keep(signed, 'served'))
  }

  /** As processor: what the journal holds of an attempt; null once it is settled. */
  unfinished(attemptId: AttemptId): { isRunning: boolean; gateway: DeviceId; signed: SignedReceipt | null } | null {
    const entry = this.#journal.get('served', attemptId)
    if (!entry) return null
    const isRunning = this.#running.has(attemptId)
    if (entry.state === 'open') return { isRunning, gateway: entry.gatewayDeviceId, signed: null }
    const signed = unpackReceipt(entry.receipt)
    return signed && { isRunning, gateway: signed.receipt.gatewayDeviceId, signed }
  }

  /** As gateway: the most tokens an attempt can have used; null where that was not noted. */
  boundsOf(attemptId: AttemptId): ReceiptBounds | null {
    const entry = this.#journal.get('consumed', attemptId)
    return entry && entry.state !== 'open' ? entry.bounds : null
  }

  /** As gateway: signed receipts that their processors have not confirmed. */
  owed(): SignedReceipt[] {
    const isOwed = ({ direction, entry }: JournalItem): boolean => direction === 'consumed' && entry.state === 'receipt'
    return this.#journal
      .items()
      .filter(isOwed)
      .flatMap(({ entry }) => (entry.state === 'receipt' ? (unpackReceipt(entry.receipt) ?? []) : []))
      .filter(({ receipt }) => receipt.processorDeviceId !== this.options.selfDeviceId)
  }

  /** As gateway: the processor has the receipt, or will never take it. */
  settled(attemptId: AttemptId): void {
    void this.#follow(this.#journal.remove('consumed', attemptId))
  }

  /** Resolves when all writes under way are flushed. */
  async flush(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all([this.#journal.flush(), this.#store.flush()])
      await Promise.allSettled(this.#underWay)
    }
  }

  async #keep(
    signed: SignedReceipt,
    direction: UsageDirection,
    {
      replaces = null,
      bounds = null,
      heardAtMs = null,
    }: { replaces?: SignedReceipt | null; bounds?: ReceiptBounds | null; heardAtMs?: number | null } = {},
  ): Promise<void> {
    const { attemptId } = signed.receipt
    await this.#journal.put(direction, attemptId, {
      state: 'receipt',
      receipt: packReceipt(signed),
      replaces: replaces && packReceipt(replaces),
      bounds,
      madeAtMs: this.options.nowMs(),
    })
    await this.#write(signed, direction, replaces, heardAtMs)
  }

  async #write(
    signed: SignedReceipt,
    direction: UsageDirection,
    replaces: SignedReceipt | null,
    heardAtMs: number | null = null,
  ): Promise<void> {
    const { receipt } = signed
    try {
      await this.#store.record(signed, direction, replaces, heardAtMs)
    } catch (cause) {
      // It stays in the journal and is written once the read keys have arrived.
      if (cause instanceof UsageNotReady) return
      throw cause
    }
    const { attemptId, processorDeviceId, gatewayDeviceId } = receipt
    const isOwn = processorDeviceId === gatewayDeviceId
    if (isOwn || (direction === 'served' && stateOf(signed) !== 'half-signed')) {
      await this.#journal.remove(direction, attemptId)
    }
    if (direction === 'consumed' && !isOwn) this.options.onOwed(processorDeviceId)
  }

  /** Logs failures; the returned promise still rejects. */
  #follow(step: Promise<void>): Promise<void> {
    this.#underWay.add(step)
    step
      .catch((cause: unknown) => this.options.log.error({ cause }, 'a receipt could not be written down'))
      .finally(() => this.#underWay.delete(step))
    return step
  }
}
