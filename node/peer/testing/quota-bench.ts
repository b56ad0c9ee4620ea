import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HolderTrust } from '../../access/limits.ts'
import { Listeners } from '../../base/listeners.ts'
import type { AccountId, DeviceId, KeyId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import type { KnownKey } from '../../keys/key-principal.ts'
import { keyTerms } from '../../keys/key-terms.ts'
import { LimitService } from '../../limits/limit-service.ts'
import type { LimitTerms } from '../../limits/limiter.ts'
import type { MachineDirectory, RemoteMachine } from '../../protocol/machines.ts'
import { ServiceServer } from '../../protocol/service/service-server.ts'
import { nothingServed } from '../../protocol/testing/nothing-served.ts'
import {
  promptRequest,
  ServiceBench,
  silentLog,
  testPool,
  type CallingDevice,
  type Provider,
} from '../../protocol/testing/service-bench.ts'
import { openLocalStore, type LocalStore } from '../../state/local-store.ts'
import { GatewayLimits } from '../../gateway/key-limits.ts'
import { Gateway } from '../../gateway/gateway.ts'
import { settledPools } from '../../gateway/testing/permissive.ts'
import { leaseTokens } from '../../limits/within-reservation.ts'
import { PromptEstimates } from '../../protocol/generations/prompt-estimates.ts'
import { ProcessorLimits } from '../../processor/plan-limits.ts'
import { withoutReceipts } from '../../processor/testing/permissive.ts'

/** The member who sends requests. */
export const accountId = 'ab'.repeat(32) as AccountId
/** What a key or a plan allows a day, in tokens. */
export const quota = 1_000
/** The token limit of a request. */
export const maxTokens = 60

const unlimited: LimitTerms = { limits: {}, limitMode: 'enforced', timeZone: 'UTC', grantors: [] }

/** What one request sets aside: its generation, and a prompt of "hello". */
export const estimate = leaseTokens(promptRequest('hello', { maxTokens }))

/** The terms of a plan with the quota, counted by one device. */
export const planTerms = (coordinator: DeviceId): LimitTerms => ({
  ...unlimited,
  limits: { tokensPerDay: quota },
  grantors: [coordinator],
})

/** Machines that a test connects and cuts off. */
export class Connections implements MachineDirectory {
  isCutOff = false
  readonly #listeners = new Listeners()
  constructor(public machines: RemoteMachine[] = []) {}

  list = (): readonly RemoteMachine[] => (this.isCutOff ? [] : this.machines)
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }
}

export interface LimitedGateway {
  readonly asker: CallingDevice
  readonly limits: LimitService
  readonly gateway: Gateway
  readonly connections: Connections
}

/** Gateways, processors and coordinators with limits on real stores, over real connections. */
export class QuotaBench {
  readonly #stores: LocalStore[] = []
  readonly #keys = new Map<KeyId, KnownKey>()
  /** How far those are believed who hold something. */
  trust: HolderTrust = 'own'

  private constructor(
    readonly service: ServiceBench,
    private readonly folder: string,
  ) {}

  static async open(): Promise<QuotaBench> {
    return new QuotaBench(await ServiceBench.open(), await mkdtemp(join(tmpdir(), 'kith-quota-')))
  }

  async close(): Promise<void> {
    await this.service.close()
    for (const store of this.#stores) await store.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** The limits of one device. */
  async limits(
    asker: CallingDevice,
    connections: Connections,
    planOf: (accountId: AccountId) => LimitTerms | null = () => null,
  ): Promise<LimitService> {
    const limits = new LimitService({
      selfDeviceId: asker.deviceId,
      deviceSecretKey: asker.keyPair.secretKey,
      bee: (await this.#store()).bee,
      nowMs: Date.now,
      machines: connections,
      clients: asker.clients,
      machineName: () => 'Home',
      termsOf: ({ kind, keyId, accountId: member }) => {
        const key = keyId && this.#keys.get(keyId)
        return Promise.resolve(kind === 'member' ? planOf(member) : key ? keyTerms(key) : null)
      },
      trustOf: () => this.trust,
      mayLook: () => true,
      mayCarry: () => true,
      speaksFor: () => true,
      partyOf: (_, deviceId) => deviceId,
      // Shares are cut for three holders, whoever is connected.
      holders: () => [asker.deviceId, ...['1', '2'].map((digit) => digit.repeat(64) as DeviceId)],
      usedIn: () => null,
      log: silentLog,
    })
    await limits.start()
    this.service.onClose(() => limits.stop())
    return limits
  }

  /** A device of the member, which others know. */
  member(): CallingDevice {
    const asker = this.service.caller()
    this.admit(asker)
    return asker
  }

  /** From now on a device counts as one of the member. */
  admit({ deviceId }: CallingDevice): void {
    const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' } as const
    this.service.callers.set(deviceId, { deviceId, accountId, isOwnAccount: false, standings: [standing] })
  }

  /** Gateways of one account that reach each other and the provider; the first is the home of its keys. */
  async gateways(count: number, provider: Provider): Promise<LimitedGateway[]> {
    const made: LimitedGateway[] = []
    const machines: RemoteMachine[] = []
    for (let index = 0; index < count; index++) {
      const asker = this.member()
      const connections = new Connections()
      const limits = await this.limits(asker, connections)
      machines.push(await this.serve(asker, limits, `Gateway ${index}`))
      const gateway = await this.gateway(asker, limits, provider.target, unlimited)
      made.push({ asker, limits, gateway, connections })
    }
    for (const { asker, connections } of made) {
      connections.machines = machines.filter(({ deviceId }) => deviceId !== asker.deviceId)
    }
    return made
  }

  async gateway(asker: CallingDevice, limits: LimitService, target: RemoteMachine, plan: LimitTerms): Promise<Gateway> {
    const gateway = new Gateway({
      local: null,
      machines: { list: () => [target], onChange: () => () => undefined },
      clients: asker.clients,
      selfDeviceId: asker.deviceId,
      limits: new GatewayLimits({
        accountId,
        limits,
        keys: { get: (_, keyId) => Promise.resolve(this.#keys.get(keyId) ?? null) },
        planOf: () => plan,
        estimates: new PromptEstimates(),
      }),
      estimates: new PromptEstimates(),
      ...settledPools,
      receipts: withoutReceipts,
      machineName: () => 'Gateway',
      log: silentLog,
    })
    await gateway.start()
    return gateway
  }

  /** Lets other devices call the limits of this one. */
  async serve(asker: CallingDevice, limits: LimitService, name: string): Promise<RemoteMachine> {
    const service = keyPairFromSeed(randomBytes(32))
    const server = new ServiceServer({
      dht: this.service.dht(),
      serviceKeyPair: service,
      whoIs: (deviceId) => this.service.callers.get(deviceId) ?? null,
      handlers: { ...nothingServed, leaseQuota: (caller, call) => limits.handle(caller, call) },
      log: silentLog,
    })
    await server.start()
    this.service.onClose(() => server.stop())
    await server.listening()
    return { deviceId: asker.deviceId, serviceKey: service.publicKey, name, poolIds: [testPool], capabilities: null }
  }

  /** A processor of somebody else, which holds plans to their limits. */
  processor(limits: LimitService, plan: LimitTerms, self: CallingDevice | null = null): Promise<Provider> {
    return this.service.provider(
      { tokens: 20, tokenMs: 0 },
      {
        ...(self ? { selfDeviceId: () => self.deviceId } : {}),
        planLimits: new ProcessorLimits({
          accountId: 'ee'.repeat(32) as AccountId,
          limits,
          planOf: () => plan,
          estimates: new PromptEstimates(),
        }),
      },
    )
  }

  /** A key with the quota, whose home is a device. */
  key(home: DeviceId): KnownKey {
    const key: KnownKey = {
      keyId: toHex(randomBytes(8)) as KeyId,
      accountId,
      poolId: testPool,
      scopes: ['inference'],
      allowedModels: null,
      limits: { tokensPerDay: quota },
      limitMode: 'enforced',
      timeZone: 'UTC',
      homeDeviceId: home,
      state: 'enabled',
    }
    this.#keys.set(key.keyId, key)
    return key
  }

  async #store(): Promise<LocalStore> {
    const keyPair = keyPairFromSeed(randomBytes(32))
    const directory = join(this.folder, toHex(randomBytes(4)))
    const store = await openLocalStore({ directory, keyPair, encryptionKey: randomBytes(32) }, null)
    if (!store.ok) throw new Error(store.error.message)
    this.#stores.push(store.value)
    return store.value
  }
}
