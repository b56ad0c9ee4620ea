import { z } from 'zod'
import type { Facility } from '../base/facility.ts'
import { Worker } from '../base/worker.ts'
import type { KeyId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { LocalApi } from '../http/local-api.ts'
import { PoolSwarm } from '../net/pool-swarm.ts'
import { AccountNotes } from '../pools/account-notes.ts'
import { PoolActions } from '../pools/pool-actions.ts'
import { PoolTerms } from '../pools/pool-terms.ts'
import { localKeys as bees } from '../pools/pool/records.ts'
import { Pools } from '../pools/pools.ts'
import type { RemoteMachine } from '../protocol/machines.ts'
import { createServiceClients, type ServiceClients } from '../protocol/service/service-client.ts'
import { createServiceServer, type ServiceServer } from '../protocol/service/service-server.ts'
import type { LocalStore } from '../state/local-store.ts'
import { ClientChats } from '../client/chats.ts'
import { ClientWorker } from '../client/client-worker.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import { GatewayWorker } from '../gateway/gateway-worker.ts'
import type { RoleName } from '../peer/peer-options.ts'
import { LinkingHost } from '../linking/linking-host.ts'
import { createProcessor, type Processor } from '../processor/processor.ts'
import { ProcessorWorker } from '../processor/processor-worker.ts'
import { createRemoteGateway } from '../gateway/remote-gateway.ts'
import { createSessionApi } from './local-api-of-session.ts'
import { openSessionIndexes, type SessionIndexes } from './session-index.ts'
import { SessionKeys } from './keys.ts'
import { SessionLimits } from './limits.ts'
import { openSessionLocal } from './stores.ts'
import type { SessionOptions } from './session-options.ts'
import { SessionUsage } from './usage.ts'
import { SettingsStore } from './settings-store.ts'

/**
 * Everything that runs while one account is signed in: its stores, its pools, and the roles on them.
 *
 * The roles share what this worker starts and close nothing of it.
 */
export class Session extends Worker {
  readonly kind = 'session'
  readonly pools: Pools
  readonly poolActions: PoolActions
  /** Plans, gateways and coordinators, as the directories name them. */
  readonly terms: PoolTerms
  readonly keys: SessionKeys
  readonly usage: SessionUsage
  readonly limits: SessionLimits
  readonly processor: Processor
  readonly gateway: Gateway
  readonly api: LocalApi
  readonly chats: ClientChats
  readonly linkingHost: LinkingHost
  readonly #notes: AccountNotes
  readonly #swarm: PoolSwarm
  readonly #server: ServiceServer
  readonly #clients: ServiceClients
  readonly #roles: Worker[]
  #unsubscribe: (() => void)[] = []

  private constructor(
    private readonly options: SessionOptions,
    private readonly local: LocalStore,
    indexes: SessionIndexes,
    readonly settings: SettingsStore,
  ) {
    super(options.log)
    const { vault, hub, dht, log, roles } = options
    const { identity } = vault
    const hasRole = (role: RoleName): boolean => roles.includes(role)
    this.pools = new Pools({
      vault,
      local: local.bee,
      log,
      nowMs: Date.now,
      capabilities: () => (hasRole('processor') ? this.processor.capabilities() : null),
      onDoubt: options.onDoubt,
      onUnlinked: options.onUnlinked,
      onChange: () => this.#membershipChanged(),
      onPool: (topic, dial) => {
        this.#swarm.join(topic)
        if (dial) this.#swarm.dial(dial)
      },
      onPoolLeft: (topic) => this.#swarm.leave(topic),
    })
    this.terms = new PoolTerms(this.pools)
    this.poolActions = new PoolActions(this.pools, { vault, local: local.bee, nowMs: Date.now })
    this.keys = new SessionKeys({
      vault,
      pools: this.pools,
      index: indexes.keys,
      local: local.bee,
      isGatewayHere: (poolId) => this.terms.isGateway(poolId, identity.deviceId),
      use: {
        limitStates: (key) => this.limits.keyStates(key),
        lastUsedAtMs: (keyId) => this.usage.ledger.lastUsedAtMs(keyId),
      },
      log,
      onChange: options.onKeys,
    })
    this.#clients = createServiceClients({ dht: dht.dht, deviceKeyPair: identity.device, log })
    this.limits = new SessionLimits({
      identity,
      deviceName: () => settings.settings.deviceName,
      local: local.bee,
      pools: this.pools,
      terms: this.terms,
      clients: this.#clients,
      keys: this.keys.book,
      usedIn: (poolId, keyId, range) => this.usage.usedIn(poolId, keyId, range),
      log,
      onChange: ({ kind }) => (kind === 'key' ? options.onKeys() : options.onChange()),
    })
    this.usage = new SessionUsage({
      identity,
      username: vault.username,
      deviceName: () => settings.settings.deviceName,
      pools: this.pools,
      clients: this.#clients,
      local: local.bee,
      index: indexes.usage,
      hub,
      isGateway: (poolId, deviceId) => this.terms.isGateway(poolId, deviceId),
      keyName: (keyId) => this.keys.book.own.get(keyId as KeyId)?.name ?? null,
      log,
      onChange: () => {
        this.limits.service.refresh()
        options.onUsage()
      },
    })
    this.#swarm = new PoolSwarm({
      dht,
      deviceKeyPair: identity.device,
      log,
      onConnection: (connection) => this.pools.connections.add(connection),
    })
    const whoIs: Pools['whoIs'] = (deviceId) => this.pools.whoIs(deviceId)
    this.processor = createProcessor({
      hub,
      whoIs,
      isSharing: () => settings.isSharing,
      machineName: () => settings.settings.deviceName,
      selfDeviceId: () => identity.deviceId,
      isOwnAccount: (accountId) => accountId === vault.accountId,
      isGateway: (poolId, deviceId) => this.terms.isGateway(poolId, deviceId),
      memberState: (poolId, accountId) => this.pools.get(poolId)?.standing(accountId)?.state ?? null,
      receipts: this.usage.ofProcessor,
      planLimits: this.limits.ofProcessor,
      log,
    })
    this.#notes = new AccountNotes({ vault, pools: this.pools, log, nowMs: Date.now })
    this.linkingHost = new LinkingHost({
      vault,
      dht,
      log,
      nowMs: Date.now,
      onChange: options.onAccount,
      onLinked: () => this.pools.showDeviceList(),
    })
    this.gateway = createGateway({
      local: hasRole('processor') ? this.processor.local : null,
      machines: this.pools,
      clients: this.#clients,
      selfDeviceId: identity.deviceId,
      receipts: this.usage.ofGateway,
      limits: this.limits.ofGateway,
      machineName: () => settings.settings.deviceName,
      isConnecting: (poolId) => this.pools.isConnecting(poolId),
      refusalOf: (poolId) => this.pools.get(poolId)?.refusal ?? null,
      log,
    })
    this.#server = createServiceServer({
      dht: dht.dht,
      serviceKeyPair: identity.service,
      whoIs,
      processor: hasRole('processor') ? this.processor : undefined,
      gateway: hasRole('gateway') ? this.gateway : undefined,
      capabilities: () => this.processor.capabilities(),
      usage: (caller, call) => this.usage.ledger.receive(caller, call),
      leaseQuota: (caller, call) => this.limits.service.handle(caller, call),
      log,
    })
    this.chats = new ClientChats({
      local: local.bee,
      gateway: hasRole('gateway') ? this.gateway : createRemoteGateway(this.#clients, () => this.#ownGateway()),
      selfDeviceId: identity.deviceId,
      log,
      emit: options.onChatEvent,
      onChange: options.onChange,
      onUnsaved: options.onUnsaved,
    })
    this.api = createSessionApi({
      accountId: vault.accountId,
      settings: () => settings.settings,
      keys: this.keys.book,
      checkToken: async (token) => {
        const principal = await options.checkToken(token)
        if (!principal.ok) return principal
        return principal.value.accountId === vault.accountId ? ok() : fail('session_invalid')
      },
      machines: this.pools,
      poolIds: () => this.#poolIds(),
      ownModels: () => (hasRole('processor') ? hub.models() : []),
      sharedModels: () => (hasRole('processor') ? this.processor.capabilities().models : []),
      ask: (request, signal) => this.gateway.ask(request, signal),
      limits: (principal) => this.limits.statesOf(principal),
      usage: async ({ poolId, keyId }) => ok(this.usage.of(poolId, keyId)),
      call: options.call,
      log,
      onChange: options.onApi,
    })
    this.#roles = [
      ...(hasRole('processor') ? [new ProcessorWorker(log, this.processor)] : []),
      ...(hasRole('gateway') ? [new GatewayWorker(log, this.gateway, this.api)] : []),
      ...(hasRole('client') ? [new ClientWorker(log, this.chats)] : []),
    ]
  }

  /** Opens the local store of an unlocked account; the session still has to be started. */
  static async open(options: SessionOptions): Promise<Result<Session>> {
    const local = await openSessionLocal(options.vault)
    if (!local.ok) return local
    const indexes = await openSessionIndexes(options.vault)
    if (!indexes.ok) {
      await local.value.close()
      return indexes
    }
    const settings = new SettingsStore(local.value.bee, options.vault.contents.deviceName)
    await settings.open()
    return ok(new Session(options, local.value, indexes.value, settings))
  }

  /** Sharing takes effect on the next token: off ends what runs for others. */
  async setSharing(isEnabled: boolean): Promise<void> {
    await this.settings.setSharing(isEnabled)
    this.processor.enforce()
  }

  /** Links of the invites made on this install, by invite. */
  async inviteLinks(): Promise<[inviteId: string, link: string][]> {
    const stored = await this.local.bee.list(bees.inviteLinks, z.string())
    return stored.map(({ key, value }) => [key, value])
  }

  protected facilities(): readonly Facility[] {
    return [
      this.pools,
      this.usage.ledger,
      ...this.keys.facilities,
      this.limits.service,
      this.#swarm,
      this.#server,
      this.#clients,
      this.linkingHost,
      this.#notes,
    ]
  }

  protected override async onStarted(): Promise<void> {
    this.#unsubscribe = [
      this.options.vault.onChange(this.options.onAccount),
      this.processor.onCapabilities(() => {
        this.pools.connections.pushCapabilities()
        this.options.onChange()
      }),
    ]
    for (const role of this.#roles) await role.start()
  }

  protected override async onStopping(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    for (const role of [...this.#roles].reverse()) await role.stop({ deadlineMs: 3_000 })
  }

  /** Stops and closes the stores. The vault stays open: its owner locks it. */
  async close(): Promise<void> {
    await this.stop({ deadlineMs: 5_000 })
    this.limits.stop()
    await this.keys.close()
    await this.usage.close()
    await this.local.close()
  }

  /** Another device of this account that is connected: its gateway asks for us when we have none. */
  #ownGateway(): RemoteMachine | null {
    return this.pools.list().find(({ deviceId }) => this.pools.whoIs(deviceId)?.isOwnAccount) ?? null
  }

  /** The pools of the account, the one of the last chat first. */
  #poolIds(): PoolId[] {
    const poolIds = [...this.pools.all()].map(({ poolId }) => poolId)
    const { chatPoolId } = this.settings.settings
    return poolIds.sort((one, other) => Number(other === chatPoolId) - Number(one === chatPoolId))
  }

  #membershipChanged(): void {
    this.#server.enforce()
    this.processor.enforce()
    this.options.onChange()
  }
}
