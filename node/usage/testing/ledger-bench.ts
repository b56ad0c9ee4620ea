import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Corestore from 'corestore'
import { identityOf, type Identity } from '../../accounts/identity.ts'
import { Listeners } from '../../base/listeners.ts'
import { createLog } from '../../base/log.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import { DeviceBees } from '../../pools/pool/device-bees.ts'
import { KeyRing } from '../../pools/pool/key-ring.ts'
import { PoolCores } from '../../pools/pool/pool-cores.ts'
import { SetAside } from '../../pools/pool/set-aside.ts'
import { UsageBees } from '../../pools/pool/usage-bees.ts'
import type { MachineDirectory, RemoteMachine } from '../../protocol/machines.ts'
import type { ServiceClients } from '../../protocol/service/service-client.ts'
import { Bee } from '../../state/bee.ts'
import type { LedgerPool } from '../usage-queries.ts'
import { UsageLedger, type UsageLedgerOptions } from '../usage-ledger.ts'

export const ledgerPoolId = 'aa'.repeat(32) as PoolId
const usageKey = '77'.repeat(32)

export function newIdentity(accountId = randomBytes(32).toString('hex') as AccountId): Identity {
  return identityOf({ accountId, entropy: null, deviceSeed: new Uint8Array(randomBytes(32)) })
}

/** Machines as a test sets them. */
export class TestMachines implements MachineDirectory {
  #machines: readonly RemoteMachine[] = []
  readonly #listeners = new Listeners()
  list = (): readonly RemoteMachine[] => this.#machines
  set(...machines: RemoteMachine[]): void {
    this.#machines = machines
    this.#listeners.emit()
  }
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }
}

export interface LedgerBenchOptions {
  readonly identity?: Identity
  readonly directory?: string
  readonly clients?: Pick<ServiceClients, 'call'>
  readonly isGateway?: UsageLedgerOptions['isGateway']
  readonly nowMs?: () => number
  readonly timeZone?: string
  readonly retryMs?: number
  /** Whether the read keys are there from the start. */
  readonly isKeyed?: boolean
  readonly isGuest?: boolean
}

/** The ledger of one device in one pool, on real stores of its own. */
export class LedgerBench {
  readonly machines = new TestMachines()

  private constructor(
    readonly ledger: UsageLedger,
    readonly identity: Identity,
    readonly pool: LedgerPool,
    readonly store: Corestore,
    readonly local: Bee,
    readonly index: Bee,
    readonly ring: KeyRing,
    private readonly member: Bee,
    private readonly directory: string,
  ) {}

  get deviceId(): DeviceId {
    return this.identity.deviceId
  }

  static async open(options: LedgerBenchOptions = {}): Promise<LedgerBench> {
    const identity = options.identity ?? newIdentity()
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'kith-ledger-')))
    const store = new Corestore(join(directory, 'store'))
    await store.ready()
    const local = await Bee.open(store, 'local', { keyPair: keyPairOf(identity, 2) }, null)
    const index = await Bee.open(store, 'index', { keyPair: keyPairOf(identity, 3) }, null)
    const bees = new DeviceBees()
    const ring = new KeyRing(local, ledgerPoolId)
    await ring.open()
    const cores = new PoolCores({
      store,
      setAside: new SetAside(local, ledgerPoolId),
      onCore: () => undefined,
      onDoubt: () => {
        throw new Error('A core of ours grew by itself')
      },
      onSetAside: () => undefined,
      nowMs: Date.now,
      log: createLog({ level: 'silent' }),
    })
    const member = await cores.openOwn({
      kind: 'member',
      keyPair: keyPairOf(identity, 1),
      encryptionKey: null,
      audience: 'everyone',
      epoch: 1,
    })
    const usage = new UsageBees({
      poolId: ledgerPoolId,
      identity,
      local,
      cores,
      bees,
      ring,
      keys: () => ring.newest,
      member: () => member,
    })
    const pool = { poolId: ledgerPoolId, bees, usage }
    const machines = new TestMachines()
    const ledger = new UsageLedger({
      identity,
      pools: () => [pool],
      machines,
      clients: options.clients ?? { call: () => Promise.reject(new Error('Nobody is to be called')) },
      local,
      index,
      isGateway: options.isGateway ?? (() => false),
      names: {
        account: () => null,
        key: () => null,
        machine: () => null,
        machineLabel: () => null,
        accountOfMachine: () => null,
      },
      timeZone: () => options.timeZone ?? 'UTC',
      nowMs: options.nowMs ?? Date.now,
      log: createLog({ level: process.env['KITH_TEST_LOG'] === 'debug' ? 'debug' : 'silent' }),
      retryMs: options.retryMs ?? 100,
    })
    const bench = new LedgerBench(ledger, identity, pool, store, local, index, ring, member, directory)
    Object.assign(bench, { machines })
    await ledger.start()
    if (options.isKeyed !== false) await bench.giveKeys(1, options.isGuest ?? false)
    return bench
  }

  /** The read keys of an epoch have come. */
  async giveKeys(epoch: number, isGuest = false): Promise<void> {
    await this.ring.add({ epoch, poolKey: usageKey, usageKey: isGuest ? null : usageKey })
    const { deviceId, accountId } = this.identity
    const own = { deviceId, accountId, epoch, month: '', isOwn: true } as const
    this.pool.bees.add({ kind: 'member', ...own, bee: this.member })
    if (this.pool.bees.all.some(({ kind, month }) => kind === 'usage' && month === '')) return
    // The bee of no month, which keeps what outlives the others.
    const kept = await Bee.open(this.store, 'usage', { keyPair: keyPairOf(this.identity, 4) }, null)
    this.pool.bees.add({ kind: 'usage', ...own, bee: kept })
  }

  /** The core keys of the usage bees this device writes. */
  usageCores(): string[] {
    return this.pool.bees.all.filter((one) => one.kind === 'usage' && one.isOwn).map(({ bee }) => toHex(bee.key))
  }

  async close(): Promise<void> {
    await this.ledger.stop()
    await this.store.close()
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}

function keyPairOf(identity: Identity, place: number): Identity['device'] {
  const seed = Uint8Array.from(identity.deviceSeed, (byte) => (byte + place) % 256)
  return identityOf({ accountId: identity.accountId, entropy: null, deviceSeed: seed }).device
}
