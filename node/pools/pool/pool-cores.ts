import type Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import type { SharedKind } from '../../base/core-limits.ts'
import type { Log } from '../../base/log.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import { Bee } from '../../state/bee.ts'
import type { UnlawfulCore } from '../../state/tree/unlawful-core.ts'
import type { SetAside, SetAsideCore } from './set-aside.ts'

/** Who a core may be replicated to: guests get no usage bees, and a guest's own go to nobody. */
export type Audience = 'everyone' | 'members' | 'nobody'

export interface SharedCore {
  readonly core: Hypercore
  readonly kind: SharedKind
  readonly audience: Audience
  /** Epoch of its read keys: only devices that hold those are sent the core. Null for the envelopes. */
  readonly epoch: number | null
}

interface PoolBee {
  readonly kind: SharedKind
  readonly encryptionKey: Uint8Array | null
  readonly audience: Audience
  readonly epoch: number | null
}

/** A bee that this install writes. */
export interface OwnBee extends PoolBee {
  readonly keyPair: KeyPair
}

/** A bee that another device says it writes. */
export interface OthersBee extends PoolBee {
  readonly key: Uint8Array
  readonly writer: { readonly deviceId: DeviceId; readonly accountId: AccountId | null }
}

export interface PoolCoresOptions {
  readonly store: Corestore
  readonly setAside: SetAside
  /** Called for each core as it opens, so that existing connections get it too. */
  readonly onCore: (shared: SharedCore) => void
  /** Called when a core of ours is also written by another install. */
  readonly onDoubt: () => void
  /** Called when a core that was open is set aside; its bee is empty from now on. */
  readonly onSetAside: (bee: Bee, core: SetAsideCore) => void
  readonly nowMs: () => number
  readonly log: Log
}

/**
 * The open bees of one pool, in one Corestore.
 *
 * Cores are replicated one by one on connections that were judged, and never with `store.replicate`, which
 * offers everything in the store (docs/decisions/0001).
 */
export class PoolCores {
  readonly #open = new Map<string, Promise<Bee>>()
  #shared: SharedCore[] = []

  constructor(private readonly options: PoolCoresOptions) {}

  get shared(): readonly SharedCore[] {
    return this.#shared
  }

  /** Opens a bee of ours once; later calls for the same core return the same bee. */
  openOwn(wanted: OwnBee): Promise<Bee> {
    return this.#once(`${wanted.kind}/${toHex(wanted.keyPair.publicKey)}`, async () => {
      const bee = await this.#openNew(wanted, { keyPair: wanted.keyPair })
      bee.onForeignAppend(this.options.onDoubt)
      return bee
    })
  }

  /**
   * Opens the bee of another device once; null if its core is set aside.
   *
   * Two devices that name one core get a bee each: what one of them says of it must not decide how the other's is read.
   */
  async openOthers(wanted: OthersBee): Promise<Bee | null> {
    const { kind, key, writer } = wanted
    const core = toHex(key)
    if (this.options.setAside.of(writer.deviceId, core)) return null
    const bee = await this.#once(`${kind}/${core}/${writer.deviceId}`, () => this.#openOthers(wanted))
    return bee.unlawful ? null : bee
  }

  async #openOthers(wanted: OthersBee): Promise<Bee> {
    const bee = await this.#openNew(wanted, { key: wanted.key })
    const setAside = (why: UnlawfulCore): void => {
      this.#setAside(bee, wanted, why).catch((cause: unknown) =>
        this.options.log.error({ cause }, 'a core that was set aside could not be closed'),
      )
    }
    bee.onUnlawful(setAside)
    if (bee.unlawful) setAside(bee.unlawful)
    else bee.keepAll()
    return bee
  }

  #once(id: string, open: () => Promise<Bee>): Promise<Bee> {
    const known = this.#open.get(id)
    if (known) return known
    const opening = open()
    this.#open.set(id, opening)
    return opening
  }

  async #openNew(
    { kind, encryptionKey, audience, epoch }: PoolBee,
    source: Parameters<typeof Bee.open>[2],
  ): Promise<Bee> {
    const bee = await Bee.open(this.options.store, kind, source, encryptionKey)
    if (bee.unlawful) return bee
    const shared = { core: bee.core, kind, audience, epoch }
    this.#shared.push(shared)
    this.options.onCore(shared)
    return bee
  }

  /** Records whose core it is and ends its replication. Connections go on: most who pass such a core on are honest. */
  async #setAside(bee: Bee, { kind, key, writer }: OthersBee, why: UnlawfulCore): Promise<void> {
    const { code, reason } = why
    this.#shared = this.#shared.filter(({ core }) => core !== bee.core)
    const core: SetAsideCore = { kind, core: toHex(key), ...writer, code, reason, atMs: this.options.nowMs() }
    this.options.log.warn({ ...core }, 'a core is set aside')
    const kept = this.options.setAside.add(core)
    this.options.onSetAside(bee, core)
    try {
      await kept
    } finally {
      await bee.abandon()
    }
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values())
    for (const result of opened) if (result.status === 'fulfilled') await result.value.close()
    await this.options.store.close()
  }
}
