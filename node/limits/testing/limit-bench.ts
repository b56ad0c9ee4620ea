import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HolderTrust } from '../../access/limits.ts'
import { Listeners } from '../../base/listeners.ts'
import { createLog } from '../../base/log.ts'
import { deviceIdOf } from '../../accounts/ids.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../../contract/ids.ts'
import { fail } from '../../contract/result.ts'
import { keyPairFromSeed, randomBytes, type KeyPair } from '../../crypto/keys.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { LeaseQuotaCall } from '../../protocol/messages/lease-messages.ts'
import type { Caller } from '../../access/standing.ts'
import type { MachineDirectory, RemoteMachine } from '../../protocol/machines.ts'
import type { ServiceClients } from '../../protocol/service/service-client.ts'
import { openLocalStore, type LocalStore } from '../../state/local-store.ts'
import { LimitService } from '../limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import type { Used } from '../grantor/take-over.ts'

const log = createLog({ level: process.env['KITH_TEST_LOG'] === 'debug' ? 'debug' : 'silent' })

/** What happens to the next call of a device. */
export type Mishap = 'call lost' | 'reply lost'

/** One device with limits on a real store; its calls go straight to the others. */
export class LimitDevice {
  readonly keyPair: KeyPair = keyPairFromSeed(randomBytes(32))
  readonly deviceId: DeviceId = deviceIdOf(this.keyPair.publicKey)
  service!: LimitService
  store!: LocalStore
  isCutOff = false
  /** How far its clock is off. */
  skewMs = 0
  mishap: Mishap | null = null
  calls = 0
  /** In the place of its limits, where it is hostile. */
  answers: Pick<LimitService, 'handle'> | null = null
  /** The present run; one that is over neither writes nor calls any more. */
  #life = { isOver: false }

  constructor(readonly bench: LimitBench) {}

  /** A run as after a kill: the records on disk, and nothing that was in memory. */
  async restart(): Promise<void> {
    this.#life.isOver = true
    this.#life = { isOver: false }
    this.service = this.bench.serviceOf(this, this.#life)
    await this.service.start()
  }
}

/** Devices of one account on real Corestores, with clocks and connections that a test sets. */
export class LimitBench implements MachineDirectory {
  readonly devices: LimitDevice[] = []
  /** By key or account; the empty name is for all others. */
  readonly terms = new Map<string, LimitTerms>()
  /** How far a device is believed about plans. */
  trustOf: (deviceId: DeviceId) => HolderTrust = () => 'voucher'
  /** Devices that ask for the member whose plan is counted. */
  readonly speaks = new Set<DeviceId>()
  /** Devices of one account. */
  readonly parties = new Map<DeviceId, string>()
  /** What was used in windows by receipts, by their start. */
  readonly receipts = new Map<number, Used>()
  /** The true time. */
  nowMs = Date.UTC(2026, 10, 25, 10, 0, 5)
  readonly #listeners = new Listeners()
  #folder = ''

  static async open(count: number): Promise<LimitBench> {
    const bench = new LimitBench()
    bench.#folder = await mkdtemp(join(tmpdir(), 'kith-limits-'))
    for (let index = 0; index < count; index++) {
      const device = new LimitDevice(bench)
      const keys = {
        directory: join(bench.#folder, String(index)),
        keyPair: device.keyPair,
        encryptionKey: randomBytes(32),
      }
      const store = await openLocalStore(keys, null)
      if (!store.ok) throw new Error(store.error.message)
      device.store = store.value
      bench.devices.push(device)
      await device.restart()
    }
    return bench
  }

  async close(): Promise<void> {
    for (const { service } of this.devices) await service.stop()
    for (const { store } of this.devices) await store.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** A key with limits whose home is the first device. */
  key(terms: Partial<LimitTerms>): { subject: LimitSubject; terms: LimitTerms } {
    const subject: LimitSubject = {
      kind: 'key',
      poolId: 'aa'.repeat(32) as PoolId,
      accountId: 'bb'.repeat(32) as AccountId,
      keyId: toHex(randomBytes(8)) as KeyId,
    }
    const whole: LimitTerms = {
      limits: {},
      limitMode: 'enforced',
      timeZone: 'Europe/Vienna',
      grantors: [this.device(0).deviceId],
      ...terms,
    }
    this.terms.set(subject.keyId ?? '', whole)
    return { subject, terms: whole }
  }

  /** A member on a plan that the first device counts. */
  member(terms: Partial<LimitTerms>): { subject: LimitSubject; terms: LimitTerms } {
    const { subject, terms: whole } = this.key(terms)
    const member = { ...subject, kind: 'member', keyId: null, accountId: toHex(randomBytes(32)) as AccountId } as const
    this.terms.set(member.accountId, whole)
    return { subject: member, terms: whole }
  }

  device(index: number): LimitDevice {
    const device = this.devices[index]
    if (!device) throw new Error(`No device ${index}`)
    return device
  }

  list(): readonly RemoteMachine[] {
    return this.devices.map(({ deviceId, keyPair }, index) => ({
      deviceId,
      serviceKey: keyPair.publicKey,
      name: `Device ${index}`,
      poolIds: [],
      capabilities: null,
    }))
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Connections have changed: devices that owe a report make it. */
  connectionsChanged(): void {
    this.#listeners.emit()
  }

  serviceOf(device: LimitDevice, life: { readonly isOver: boolean }): LimitService {
    const { bee } = device.store
    const ownBee = Object.create(bee, {
      get: { value: bee.get.bind(bee) },
      list: { value: bee.list.bind(bee) },
      update: {
        value: (changes: Parameters<typeof bee.update>[0]) =>
          life.isOver ? Promise.reject(new Error('killed')) : bee.update(changes),
      },
    }) as typeof bee
    return new LimitService({
      selfDeviceId: device.deviceId,
      deviceSecretKey: device.keyPair.secretKey,
      bee: ownBee,
      nowMs: () => this.nowMs + device.skewMs,
      elapsedMs: () => this.nowMs,
      machines: {
        list: () => (device.isCutOff ? [] : this.list().filter((_, index) => !this.device(index).isCutOff)),
        onChange: (listener) => this.onChange(listener),
      },
      clients: {
        call: ((target, _, body) =>
          life.isOver
            ? Promise.resolve(fail('machine_lost', { machine: '' }))
            : this.#deliver(device, target.deviceId, body as LeaseQuotaCall)) as ServiceClients['call'],
      },
      machineName: (deviceId) => `Device ${this.devices.findIndex((one) => one.deviceId === deviceId)}`,
      termsOf: ({ keyId, accountId }) =>
        Promise.resolve(this.terms.get(keyId ?? accountId) ?? this.terms.get('') ?? null),
      computer: { uptimeMs: () => this.nowMs, bootId: () => 'one start' },
      trustOf: (subject, { deviceId }) => (subject.kind === 'key' ? 'own' : this.trustOf(deviceId)),
      mayLook: ({ accountId }, caller) => caller.accountId === accountId,
      mayCarry: () => true,
      speaksFor: (_, deviceId) => this.speaks.has(deviceId),
      partyOf: (_, deviceId) => this.parties.get(deviceId) ?? deviceId,
      holders: () => this.devices.map(({ deviceId }) => deviceId),
      usedIn: (_, { startMs }) => this.receipts.get(startMs) ?? null,
      log,
    })
  }

  async #deliver(from: LimitDevice, to: DeviceId, call: LeaseQuotaCall): ReturnType<LimitService['handle']> {
    const lost = fail('machine_lost', { machine: '' })
    const target = this.devices.find(({ deviceId }) => deviceId === to)
    const { mishap } = from
    from.calls += 1
    if (call.type === 'exchange') from.mishap = null
    if (!target || from.isCutOff || target.isCutOff || mishap === 'call lost') return lost
    const caller: Caller = {
      deviceId: from.deviceId,
      accountId: 'bb'.repeat(32) as AccountId,
      isOwnAccount: true,
      standings: [],
    }
    // As on the wire: nothing is shared between the two sides.
    const reply = await (target.answers ?? target.service).handle(caller, structuredClone(call))
    if (mishap === 'reply lost' && call.type === 'exchange') return lost
    return structuredClone(reply)
  }
}
