import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountId, DeviceId, KeyId } from '../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { toHex } from '../crypto/encoding.ts'
import type { KnownKey } from '../keys/key-principal.ts'
import { LimitService } from '../limits/limit-service.ts'
import type { LimitTerms } from '../limits/limiter.ts'
import { signPlanLease, type PlanLease } from '../limits/plan-lease.ts'
import { needOf } from './held-answer.ts'
import type { Caller, MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import {
  hear,
  never,
  question,
  ServiceBench,
  silentLog,
  testPool,
  type Asker,
  type Provider,
} from '../protocol/testing/service-bench.ts'
import { createServiceServer } from '../protocol/service-server.ts'
import { openLocalStore, type LocalStore } from '../state/local-store.ts'
import { GatewayLimits, keySubject, keyTerms } from './gateway-limits.ts'
import { createGateway, type Gateway } from './gateway-service.ts'
import { ProcessorLimits } from './processor-limits.ts'

/** KITH_QUOTA_ROUNDS repeats the rounds of parallel calls more often. */
const rounds = Number(process.env['KITH_QUOTA_ROUNDS'] ?? 20)
const accountId = 'ab'.repeat(32) as AccountId
const quota = 1_000
const maxTokens = 60
/** What one request sets aside: its answer, and a prompt of "hello". */
const estimate = needOf(question('hello', { maxTokens }), {
  limits: {},
  limitMode: 'enforced',
  timeZone: 'UTC',
  grantors: [],
}).tokens

/** Machines that a test connects and cuts off. */
class Connections implements MachineDirectory {
  machines: RemoteMachine[] = []
  isCutOff = false
  readonly #listeners = new Set<() => void>()
  list = (): readonly RemoteMachine[] => (this.isCutOff ? [] : this.machines)
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

interface LimitedGateway {
  readonly asker: Asker
  readonly limits: LimitService
  readonly gateway: Gateway
  readonly connections: Connections
}

let bench: ServiceBench
let folder: string
const stores: LocalStore[] = []
const keys = new Map<KeyId, KnownKey>()

beforeAll(async () => {
  bench = await ServiceBench.open()
  folder = await mkdtemp(join(tmpdir(), 'kith-quota-'))
})
afterAll(async () => {
  await bench.close()
  for (const store of stores) await store.close()
  await rm(folder, { recursive: true, force: true })
})

async function storeOf(): Promise<LocalStore> {
  const keyPair = keyPairFromSeed(randomBytes(32))
  const directory = join(folder, toHex(randomBytes(4)))
  const store = await openLocalStore({ directory, keyPair, encryptionKey: randomBytes(32) }, null)
  if (!store.ok) throw new Error(store.error.message)
  stores.push(store.value)
  return store.value
}

async function limitsOf(
  asker: Asker,
  connections: Connections,
  planOf: (accountId: AccountId) => LimitTerms | null = () => null,
): Promise<LimitService> {
  const limits = new LimitService({
    selfDeviceId: asker.deviceId,
    deviceSecretKey: asker.keyPair.secretKey,
    bee: (await storeOf()).bee,
    nowMs: Date.now,
    machines: connections,
    clients: asker.clients,
    machineName: () => 'Home',
    termsOf: ({ kind, keyId, accountId: member }) => {
      const key = keyId && keys.get(keyId)
      return Promise.resolve(kind === 'member' ? planOf(member) : key ? keyTerms(key) : null)
    },
    mayHold: () => true,
    mayCarry: () => true,
    // Shares are cut for three holders, whoever is connected.
    holders: () => [asker.deviceId, ...['1', '2'].map((digit) => digit.repeat(64) as DeviceId)],
    usedIn: () => null,
    log: silentLog,
  })
  await limits.start()
  bench.onClose(() => limits.stop())
  return limits
}

/** Gateways of one account that reach each other and the provider over real connections; the first is the home. */
async function gateways(count: number, provider: Provider): Promise<LimitedGateway[]> {
  const made: LimitedGateway[] = []
  const machines: RemoteMachine[] = []
  for (let index = 0; index < count; index++) {
    const asker = bench.asker()
    bench.callers.set(asker.deviceId, callerOf(asker.deviceId))
    const connections = new Connections()
    const limits = await limitsOf(asker, connections)
    machines.push(await serve(asker, limits, `Gateway ${index}`))
    const gateway = createGateway({
      local: null,
      machines: { list: () => [provider.target], onChange: () => () => undefined },
      clients: asker.clients,
      selfDeviceId: asker.deviceId,
      limits: new GatewayLimits({
        accountId,
        limits,
        keys: { get: (_, keyId) => Promise.resolve(keys.get(keyId) ?? null) },
        planOf: () => ({ limits: {}, limitMode: 'enforced', timeZone: 'UTC', grantors: [] }),
      }),
      log: silentLog,
    })
    await gateway.start(never)
    made.push({ asker, limits, gateway, connections })
  }
  for (const { asker, connections } of made) {
    connections.machines = machines.filter(({ deviceId }) => deviceId !== asker.deviceId)
  }
  return made
}

function callerOf(deviceId: DeviceId): Caller {
  const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' } as const
  return { deviceId, accountId, isOwnAccount: false, standings: [standing] }
}

async function serve(asker: Asker, limits: LimitService, name: string): Promise<RemoteMachine> {
  const service = keyPairFromSeed(randomBytes(32))
  const server = createServiceServer({
    dht: bench.dht(),
    serviceKeyPair: service,
    whoIs: (deviceId) => bench.callers.get(deviceId) ?? null,
    leaseQuota: (caller, call) => limits.handle(caller, call),
    log: silentLog,
  })
  await server.start(AbortSignal.timeout(5_000))
  bench.onClose(() => server.stop())
  await server.listening()
  return { deviceId: asker.deviceId, serviceKey: service.publicKey, name, poolIds: [testPool], capabilities: null }
}

function keyOf(home: DeviceId): KnownKey {
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
  keys.set(key.keyId, key)
  return key
}

interface Round {
  readonly answered: number
  readonly usedTokens: number
  readonly refusals: { code: string; left: number; needed: number; machine: string }[]
}

/** Fifty calls at once, spread over the gateways. */
async function fifty(through: readonly LimitedGateway[], key: KnownKey): Promise<Round> {
  const calls = Array.from({ length: 50 }, (_, index) => {
    const { gateway } = through[index % through.length] as LimitedGateway
    const request = question('hello', { maxTokens, consumer: { accountId, keyId: key.keyId } })
    return hear(gateway.ask(request, never))
  })
  const heard = await Promise.all(calls)
  const round: Round = { answered: heard.filter(({ code }) => code === null).length, usedTokens: 0, refusals: [] }
  let usedTokens = 0
  for (const { last } of heard) {
    if (last?.type === 'end') usedTokens += last.usage.promptTokens + last.usage.completionTokens
    if (last?.type !== 'failed') continue
    const { left = 0, needed = 0, machine = '' } = last.error.details
    round.refusals.push({ code: last.error.code, left: Number(left), needed: Number(needed), machine: String(machine) })
  }
  return { ...round, usedTokens }
}

describe.each([1, 3])('fifty parallel calls against 1,000 tokens, through %i gateways', { retry: 0 }, (count) => {
  it('never use more, and leave nothing that would have been enough', { timeout: 300_000 }, async () => {
    const provider = await bench.provider(
      { tokens: 1_000, tokenMs: 0, slots: 50 },
      { limits: { waiting: 64, waitingPerAccount: 64 } },
    )
    const through = await gateways(count, provider)
    const home = through[0] as LimitedGateway
    for (let round = 0; round < rounds; round++) {
      const key = keyOf(home.asker.deviceId)
      let usedTokens = 0
      // Calls come again until the quota is gone: idle parts of every gateway have to come back for that.
      for (let wave = 0; wave < 10; wave++) {
        const { answered, usedTokens: used, refusals } = await fifty(through, key)
        usedTokens += used
        for (const { code, left, needed } of refusals) {
          expect(code).toBe('limit_reached')
          expect(left).toBeLessThan(needed)
        }
        if (answered === 0) break
      }
      expect(usedTokens).toBeLessThanOrEqual(quota + estimate)
      expect(usedTokens).toBeGreaterThan(quota - estimate)
      const [state] = home.limits.states(keySubject(key), keyTerms(key))
      expect(state).toMatchObject({ name: 'tokensPerDay', limit: quota, used: usedTokens, left: quota - usedTokens })
    }
  })

  it('never use more while the home is cut off, and the refusal says why', { timeout: 300_000 }, async () => {
    const provider = await bench.provider(
      { tokens: 1_000, tokenMs: 0, slots: 50 },
      { limits: { waiting: 64, waitingPerAccount: 64 } },
    )
    // The home takes no questions here: it counts.
    const [home, ...through] = await gateways(count + 1, provider)
    if (!home) throw new Error('There is a home')
    for (let round = 0; round < rounds; round++) {
      const key = keyOf(home.asker.deviceId)
      for (const { connections } of [home, ...through]) connections.isCutOff = false
      // Each gateway has been in touch once, and has its share since.
      let usedTokens = (await Promise.all(through.map((one) => single(one, key)))).reduce((sum, used) => sum + used, 0)
      for (const { connections } of [home, ...through]) connections.isCutOff = true
      const cutOff = await fifty(through, key)
      usedTokens += cutOff.usedTokens
      expect(cutOff.answered).toBeGreaterThan(0)
      expect(cutOff.refusals.length).toBeGreaterThan(0)
      for (const { code, machine } of cutOff.refusals) expect([code, machine]).toEqual(['limit_home_away', 'Home'])
      // On the other side of the cut the home spends what it may.
      for (let wave = 0; wave < 10; wave++) {
        const own = await fifty([home], key)
        usedTokens += own.usedTokens
        if (own.answered === 0) break
      }
      expect(usedTokens).toBeLessThanOrEqual(quota + estimate)
    }
  })
})

async function single({ gateway }: LimitedGateway, key: KnownKey): Promise<number> {
  const { last } = await hear(
    gateway.ask(question('hello', { maxTokens: 10, consumer: { accountId, keyId: key.keyId } }), never),
  )
  return last?.type === 'end' ? last.usage.promptTokens + last.usage.completionTokens : 0
}

describe('a plan lease', { retry: 0 }, () => {
  it('lets a processor serve that cannot ask the coordinator, once; every lie about it is refused', async () => {
    const coordinator = bench.asker()
    const terms: LimitTerms = {
      limits: { tokensPerDay: quota },
      limitMode: 'enforced',
      timeZone: 'UTC',
      grantors: [coordinator.deviceId],
    }
    const atCoordinator = await limitsOf(coordinator, new Connections(), () => terms)
    const member = bench.asker()
    bench.callers.set(member.deviceId, callerOf(member.deviceId))
    const subject = { kind: 'member', poolId: testPool, accountId, keyId: null } as const
    const self = bench.asker()
    const alone = await limitsOf(self, new Connections(), () => terms)
    const provider = await bench.provider(
      { tokens: 20, tokenMs: 0 },
      {
        selfDeviceId: () => self.deviceId,
        planLimits: new ProcessorLimits({
          accountId: 'ee'.repeat(32) as AccountId,
          limits: alone,
          planOf: () => terms,
        }),
      },
    )
    const ask = (changes: Partial<Parameters<typeof question>[1]>): ReturnType<typeof hear> =>
      hear(member.clients.ask(provider.target, 'processRequest', question('hello', { maxTokens, ...changes }), never))
    const granted = (tokens = estimate, processor = self.deviceId): Promise<string> =>
      atCoordinator.carry(subject, terms, processor, tokens).then((lease) => (lease.ok ? lease.value : ''))

    expect((await ask({})).code).toBe('limit_home_away')
    const planLease = await granted()
    expect((await ask({ planLease })).code).toBeNull()
    const refused = async (lease: string): Promise<unknown> => {
      const { last } = await ask({ planLease: lease })
      return last?.type === 'failed' ? [last.error.code, last.error.details['reason']] : last
    }
    expect(await refused(planLease)).toEqual(['lease_invalid', 'it was used before'])
    expect(await refused(await granted(estimate - 1))).toEqual([
      'lease_invalid',
      'it allows fewer tokens than the question needs',
    ])
    expect(await refused(await granted(estimate, member.deviceId))).toEqual([
      'lease_invalid',
      'it is for another computer',
    ])
    const honest: PlanLease = {
      ...{ poolId: testPool, accountId, processorDeviceId: self.deviceId, tokens: 10 * estimate },
      ...{ sequence: Date.now() * 2, issuedAtMs: Date.now(), expiresAtMs: Date.now() + 60_000 },
    }
    const unsigned = ['lease_invalid', 'it was not signed by a coordinator of the pool']
    expect(await refused(signPlanLease(honest, member.keyPair.secretKey))).toEqual(unsigned)
    const bytes = Buffer.from(await granted(), 'base64url')
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
    expect(await refused(bytes.toString('base64url'))).toEqual(unsigned)
    expect(await refused('not a lease at all')).toEqual(unsigned)
    const signed = (changes: Partial<PlanLease>): string =>
      signPlanLease({ ...honest, ...changes }, coordinator.keyPair.secretKey)
    expect(await refused(signed({ accountId: 'cd'.repeat(32) as AccountId }))).toEqual([
      'lease_invalid',
      'it is for somebody else',
    ])
    expect(await refused(signed({ issuedAtMs: 1, expiresAtMs: Date.now() - 1 }))).toEqual([
      'lease_invalid',
      'it has expired',
    ])
    expect(provider.hub.questions).toHaveLength(1)
  })

  it('is fetched by a gateway whose processor cannot reach the coordinator, and is counted there', async () => {
    const coordinator = bench.asker()
    const terms: LimitTerms = {
      limits: { tokensPerDay: quota },
      limitMode: 'enforced',
      timeZone: 'UTC',
      grantors: [coordinator.deviceId],
    }
    const known = new Connections()
    const atCoordinator = await limitsOf(coordinator, known, () => terms)
    const machine = await serve(coordinator, atCoordinator, 'Coordinator')
    const member = bench.asker()
    bench.callers.set(member.deviceId, callerOf(member.deviceId))
    const processor = bench.asker()
    const cut = new Connections()
    known.machines = [{ ...machine, deviceId: processor.deviceId }]
    const alone = await limitsOf(processor, cut, () => terms)
    const provider = await bench.provider(
      { tokens: 20, tokenMs: 0 },
      {
        planLimits: new ProcessorLimits({
          accountId: 'ee'.repeat(32) as AccountId,
          limits: alone,
          planOf: () => terms,
        }),
      },
    )
    const connections = new Connections()
    connections.machines = [machine]
    const limits = await limitsOf(member, connections, () => terms)
    const gateway = createGateway({
      local: null,
      machines: { list: () => [{ ...provider.target, deviceId: processor.deviceId }], onChange: () => () => undefined },
      clients: member.clients,
      selfDeviceId: member.deviceId,
      limits: new GatewayLimits({ accountId, limits, keys: { get: () => Promise.resolve(null) }, planOf: () => terms }),
      log: silentLog,
    })
    await gateway.start(never)
    const heard = await hear(gateway.ask(question('hello', { maxTokens }), never))
    expect(heard.code).toBeNull()
    const subject = { kind: 'member', poolId: testPool, accountId, keyId: null } as const
    expect(atCoordinator.states(subject, terms)[0]).toMatchObject({ used: estimate, left: quota - estimate })
    // Once the processor reaches the coordinator again, it says what was really used.
    cut.machines = [machine]
    bench.callers.set(processor.deviceId, callerOf(processor.deviceId))
    await expect
      .poll(async () => {
        const asked = await alone.reserve(subject, terms, { tokens: 1 }, never)
        if (asked.ok) asked.value.settle({ tokens: 0, requests: 0 })
        return atCoordinator.states(subject, terms)[0]?.used
      })
      .toBeLessThanOrEqual(3 + 20 + 1)
  })
})
