import { z } from 'zod'
import type { Facility } from '../base/facility.ts'
import { Worker } from '../base/worker.ts'
import type { ClientChats } from '../client/chats.ts'
import { ok, type Result } from '../contract/result.ts'
import type { LocalApi } from '../http/local-api.ts'
import type { LinkingHost } from '../linking/linking-host.ts'
import type { PoolActions } from '../pools/pool-actions.ts'
import { localKeys } from '../pools/pool/records.ts'
import type { Pools } from '../pools/pools.ts'
import type { Processor } from '../processor/processor.ts'
import { createAccount } from './account.ts'
import { createAccounting } from './accounting.ts'
import type { SessionKeys } from './keys.ts'
import type { SessionLimits } from './limits.ts'
import { createSessionApi } from './local-api-of-session.ts'
import type { CutOffs } from '../protocol/cut-offs.ts'
import { createNetwork } from './network.ts'
import { createServices } from './services.ts'
import { SessionEvents } from './session-events.ts'
import type { SessionOptions } from './session-options.ts'
import type { ServerKeys } from './server-keys.ts'
import type { SettingsStore } from './settings-store.ts'
import { openStores, type SessionStores } from './stores.ts'
import type { SessionUsage } from './usage.ts'
import { createWorkers } from './workers.ts'

/**
 * Everything that runs while one account is signed in: its stores, its pools, and the services on them.
 *
 * It is made in phases, each of what the phases before it made. The workers share what the session starts and
 * close nothing of it.
 */
export class Session extends Worker {
  readonly kind = 'session'
  readonly settings: SettingsStore
  readonly serverKeys: ServerKeys
  readonly pools: Pools
  readonly cutOffs: CutOffs
  readonly poolActions: PoolActions
  readonly linkingHost: LinkingHost
  readonly keys: SessionKeys
  readonly usage: SessionUsage
  readonly limits: SessionLimits
  readonly processor: Processor
  readonly chats: ClientChats
  readonly api: LocalApi
  readonly #facilities: readonly Facility[]
  readonly #workers: readonly Worker[]
  #unsubscribe: (() => void)[] = []
  #deviceName: string

  private constructor(
    private readonly options: SessionOptions,
    private readonly stores: SessionStores,
  ) {
    super(options.log)
    const events = new SessionEvents()
    const network = createNetwork(options, stores, events)
    const account = createAccount(options, stores, network)
    const accounting = createAccounting(options, stores, network)
    const services = createServices(options, stores, network, accounting, events)
    this.api = createSessionApi(options, stores, network, accounting, services)
    this.#workers = createWorkers(options, services, this.api)
    events.membershipChanged.add(options.onChange)

    this.#deviceName = options.vault.contents.deviceName
    this.settings = stores.settings
    this.serverKeys = stores.serverKeys
    this.pools = network.pools
    this.cutOffs = network.cutOffs
    this.poolActions = account.poolActions
    this.linkingHost = account.linkingHost
    this.keys = accounting.keys
    this.usage = accounting.usage
    this.limits = accounting.limits
    this.processor = services.processor
    this.chats = services.chats
    this.#facilities = [
      network.pools,
      accounting.usage.ledger,
      accounting.keys.book,
      accounting.limits.service,
      network.swarm,
      services.server,
      network.clients,
      account.linkingHost,
      account.notes,
    ]
  }

  /** Opens the stores of an unlocked account; the session still has to be started. */
  static async open(options: SessionOptions): Promise<Result<Session>> {
    const stores = await openStores(options.vault)
    return stores.ok ? ok(new Session(options, stores.value)) : stores
  }

  /** Sharing takes effect on the next token: off ends what runs for others. */
  async setSharing(isEnabled: boolean): Promise<void> {
    await this.settings.setSharing(isEnabled)
    this.processor.enforce()
    this.pools.showProfile()
  }

  /** Links of the invites made on this install, by invite. */
  async inviteLinks(): Promise<[inviteId: string, link: string][]> {
    const stored = await this.stores.local.list(localKeys.inviteLinks, z.string())
    return stored.map(({ key, value }) => [key, value])
  }

  protected facilities(): readonly Facility[] {
    return this.#facilities
  }

  /** Tells the pools what this computer is called now, if that has changed. */
  #tellName(): void {
    const { deviceName } = this.options.vault.contents
    if (deviceName === this.#deviceName) return
    this.#deviceName = deviceName
    this.processor.enforce()
    this.pools.showProfile()
  }

  protected override async onStarted(): Promise<void> {
    this.#unsubscribe = [
      this.options.vault.onChange(() => {
        this.options.onAccount()
        this.#tellName()
      }),
      this.processor.onServing(this.options.onServing),
      this.processor.onCapabilities(() => {
        this.pools.connections.pushCapabilities()
        this.options.onChange()
      }),
    ]
    for (const worker of this.#workers) await worker.start()
  }

  /** The services finish what they run. The session goes on: they need its connections. */
  override async drain(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.drain(signal)))
  }

  protected override async onStopping(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    for (const worker of [...this.#workers].reverse()) await worker.stop({ deadlineMs: 3_000 })
  }

  /** Stops and closes the stores. The vault stays open: its owner locks it. */
  async close(): Promise<void> {
    await this.stop({ deadlineMs: 5_000 })
    this.limits.stop()
    await this.stores.close()
  }
}
