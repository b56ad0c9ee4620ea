import type { KithError } from '../../contract/errors.ts'
import type Corestore from 'corestore'
import type { AccountStanding } from '../../access/standing.ts'
import { Listeners } from '../../base/listeners.ts'
import { createLog } from '../../base/log.ts'
import { deviceIdSchema, accountIdSchema, poolIdSchema } from '../../contract/ids.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { KeyChoice } from '../../contract/keys.ts'
import type { Result } from '../../contract/result.ts'
import { toHex } from '../../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { DeviceBees } from '../../pools/pool/device-bees.ts'
import { Bee } from '../../state/bee.ts'
import { openIndexStore, type IndexStore } from '../../state/index-store.ts'
import { TestStores } from '../../state/testing/test-stores.ts'
import { KeyActions } from '../key-actions.ts'
import { KeyBook } from '../key-book.ts'
import type { KeyDirectory, KeyPool, KeyPools } from '../key-pools.ts'

export const never = new AbortController().signal
export const choice: KeyChoice = {
  name: 'Editor',
  scopes: ['inference'],
  allowedModels: null,
  limits: { requestsPerMinute: 3 },
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
  expiresAtMs: null,
}

export const someId = (): string => toHex(randomBytes(32))
export const someAccount = (): AccountId => accountIdSchema.parse(someId())
export const someDevice = (): DeviceId => deviceIdSchema.parse(someId())

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** One pool as one device sees it, on real Corestores; the directory is what a test says it is. */
export class BenchPool implements KeyPool {
  constructor(readonly poolId: PoolId = poolIdSchema.parse(someId())) {}

  readonly bees = new DeviceBees()
  ending: KithError | null = null
  readonly standings = new Map<AccountId, AccountStanding>()
  #members = new Map<AccountId, unknown>()
  readonly #devices = new Map<DeviceId, { deviceId: DeviceId; accountId: AccountId; statement: string }>()
  directory: KeyDirectory | null = this.#directory()

  standing(accountId: AccountId): AccountStanding | null {
    return this.standings.get(accountId) ?? null
  }

  /** Lets the directory name a member's device; its bee is here once it is added. */
  enlist(accountId: AccountId, deviceId: DeviceId): void {
    // A directory is read whole and never changes: each change is another one.
    this.#members = new Map([...this.#members, [accountId, null]])
    this.#devices.set(deviceId, { deviceId, accountId, statement: 'named' })
    this.directory = this.#directory()
    this.standings.set(accountId, { role: 'member', state: 'active' })
  }

  #directory(): KeyDirectory {
    return { pool: { name: 'Friends' }, members: this.#members, devices: this.#devices }
  }

  add(accountId: AccountId, deviceId: DeviceId, bee: Bee, isOwn = false): void {
    this.bees.add({ kind: 'member', deviceId, accountId, epoch: 1, month: '', isOwn, bee })
  }
}

/** The stores of several devices, and the key book of one of them. */
export class KeyBench implements KeyPools {
  readonly accountId = someAccount()
  readonly deviceId = someDevice()
  readonly pools: BenchPool[] = []
  readonly #listeners = new Listeners()
  readonly #books: KeyBook[] = []
  readonly #seed = randomBytes(32)
  #store: Corestore | null = null
  #index: IndexStore | null = null
  #local: Bee | null = null
  #opened = 0
  isGateway = false
  nowMs = 1_800_000_000_000

  private constructor(readonly stores: TestStores) {}

  static async create(): Promise<KeyBench> {
    return new KeyBench(await TestStores.create())
  }

  all(): Iterable<KeyPool> {
    return this.pools
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** A pool this device is in, with its own bee. */
  async pool(): Promise<BenchPool> {
    const pool = new BenchPool()
    pool.enlist(this.accountId, this.deviceId)
    pool.add(this.accountId, this.deviceId, await this.bee(), true)
    this.pools.push(pool)
    this.#listeners.emit()
    return pool
  }

  /** A bee in this device's store: its own, or one whose whole contents it has. */
  async bee(): Promise<Bee> {
    this.#store ??= await this.stores.open('pool')
    return Bee.open(this.#store, 'member', { keyPair: keyPairFromSeed(randomBytes(32)) }, null)
  }

  /** The same pool without any of its bees, as an install finds it that has become another device. */
  forgetBees(pool: BenchPool): BenchPool {
    const again = new BenchPool(pool.poolId)
    again.enlist(this.accountId, this.deviceId)
    this.pools.splice(this.pools.indexOf(pool), 1, again)
    return again
  }

  /** Another device's bee as that device has it, and as this one does: with nothing of it yet. */
  async remoteBee(): Promise<{ theirs: Bee; ours: Bee }> {
    this.#opened += 1
    this.#store ??= await this.stores.open('pool')
    const store = await this.stores.open(`remote-${this.#opened}`)
    const theirs = await Bee.open(store, 'member', { keyPair: keyPairFromSeed(randomBytes(32)) }, null)
    const ours = await Bee.open(this.#store, 'member', { key: theirs.key }, null)
    ours.keepAll()
    return { theirs, ours }
  }

  async openIndex(): Promise<IndexStore> {
    this.#index ??= valueOf(
      await openIndexStore({
        directory: `${this.stores.directory}/index`,
        keysFor: () => ({ keyPair: keyPairFromSeed(this.#seed), encryptionKey: this.#seed }),
      }),
    )
    return this.#index
  }

  /** The local store, which is the same whatever device this install is. */
  async local(): Promise<Bee> {
    this.#local ??= await Bee.open(
      await this.stores.open('local'),
      'local',
      { keyPair: keyPairFromSeed(this.#seed) },
      null,
    )
    return this.#local
  }

  async book(self: { deviceId?: DeviceId; retired?: DeviceId[] } = {}): Promise<{ book: KeyBook; keys: KeyActions }> {
    const index = await this.openIndex()
    const common = {
      accountId: this.accountId,
      deviceId: self.deviceId ?? this.deviceId,
      labelKey: new Uint8Array(32).fill(1),
      pools: this,
      nowMs: () => this.nowMs,
    }
    const log = createLog({ level: 'silent' })
    const book = new KeyBook({
      ...common,
      retired: self.retired ?? [],
      local: await this.local(),
      index: index.bee,
      isGatewayHere: () => this.isGateway,
      log,
    })
    await book.start()
    this.#books.push(book)
    return { book, keys: new KeyActions({ ...common, book }) }
  }

  /** Stops the books and closes the index, as a restart does. */
  async stopBooks(): Promise<void> {
    for (const book of this.#books.splice(0)) await book.stop()
    await this.#index?.close()
    this.#index = null
  }

  async close(): Promise<void> {
    await this.stopBooks()
    await this.stores.close()
  }
}

/** What came of a check, in one word. */
export async function checked(book: KeyBook, plainKey: string): Promise<string> {
  const result = await book.check(plainKey, never)
  return result.ok ? 'ok' : result.error.code
}
