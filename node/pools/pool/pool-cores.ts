import type { BeeKind } from '../../base/core-limits.ts'
import type Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import { toHex } from '../../crypto/encoding.ts'
import { Bee } from '../../state/bee.ts'

/** Who a core may be replicated to: guests get no usage bees, and a guest's own go to nobody. */
export type Audience = 'everyone' | 'members' | 'nobody'

export interface SharedCore {
  readonly core: Hypercore
  readonly audience: Audience
  /** Epoch of its read keys: only devices that hold those are sent the core. Null for the envelopes. */
  readonly epoch: number | null
}

/** One bee to open: as its writer (key pair) or as a reader (key). */
export interface PoolBee {
  readonly kind: BeeKind
  readonly source: Parameters<typeof Bee.open>[2]
  readonly encryptionKey: Uint8Array | null
  readonly audience: Audience
  readonly epoch: number | null
}

/**
 * The open bees of one pool, in one Corestore.
 *
 * Cores are replicated one by one on connections that were judged, and never with `store.replicate`, which
 * offers everything in the store (docs/decisions/0001).
 */
export class PoolCores {
  readonly #open = new Map<string, Promise<Bee>>()
  readonly #shared: SharedCore[] = []

  constructor(
    private readonly store: Corestore,
    /** Called for each core as it opens, so that existing connections get it too. */
    private readonly onCore: (shared: SharedCore) => void,
    /** Called when a core of ours is also written by another install. */
    private readonly onDoubt: () => void,
  ) {}

  get shared(): readonly SharedCore[] {
    return this.#shared
  }

  /** Opens a bee once; later calls for the same core return the same bee. */
  open(wanted: PoolBee): Promise<Bee> {
    const { kind, source } = wanted
    const id = kind + toHex('key' in source ? source.key : source.keyPair.publicKey)
    const known = this.#open.get(id)
    if (known) return known
    const opening = this.#openNew(wanted)
    this.#open.set(id, opening)
    return opening
  }

  async #openNew({ kind, source, encryptionKey, audience, epoch }: PoolBee): Promise<Bee> {
    const bee = await Bee.open(this.store, kind, source, encryptionKey)
    if (bee.core.writable) bee.onForeignAppend(this.onDoubt)
    else bee.keepAll()
    const shared = { core: bee.core, audience, epoch }
    this.#shared.push(shared)
    this.onCore(shared)
    return bee
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values())
    for (const result of opened) if (result.status === 'fulfilled') await result.value.close()
    await this.store.close()
  }
}
