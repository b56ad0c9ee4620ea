import { join } from 'node:path'
import type Corestore from 'corestore'
import { unknownDeviceName } from '../accounts/device-name.ts'
import { keyOf } from '../accounts/ids.ts'
import { verifyDeviceList } from '../accounts/records/device-list.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Membership } from '../accounts/vault/vault-contents.ts'
import type { Facility, Health } from '../base/facility.ts'
import { healthy } from '../base/facility.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import { tagOf } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { fromHex } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'
import type { ManagerAction } from '../net/manager-messages.ts'
import type { Caller } from '../access/standing.ts'
import type { Capabilities, MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import type { Bee } from '../state/bee.ts'
import { openStore } from '../state/open-store.ts'
import { awayFrom } from './devices/away.ts'
import { Callers } from './devices/callers.ts'
import { Names } from './devices/names.ts'
import { leavePool } from './leave-pool.ts'
import type { ConnectionSessionOptions } from './connections/connection-session.ts'
import { Connections } from './connections/connections.ts'
import { Readmission } from './connections/readmission.ts'
import { ListKeeper } from './devices/list-keeper.ts'
import type { Managed } from './connections/manager-client.ts'
import { Pool } from './pool/pool.ts'
import { keepName } from './pool-name.ts'

/** How often the manager writes a beat into the directory. */
const beatIntervalMs = 12 * 3_600_000
/** The first beat waits, so that an install restored from a backup first receives newer records of its own. */
const firstBeatMs = 60_000

export interface PoolsOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly log: Log
  readonly nowMs: () => number
  readonly capabilities: () => Capabilities | null
  /** Whether this device shares, so that others know whom to wait for while it is off. */
  readonly isSharing: () => boolean
  /** Membership, machines or pools have changed. */
  readonly onChange: () => void
  /** A core of ours is also written by another install: this one needs a new device key. */
  readonly onDoubt: () => void
  /** Another device of the account has unlinked this one. */
  readonly onUnlinked: () => void
  /** A pool was added: join its topic, and dial the device if one is given. */
  readonly onPool: (topic: Uint8Array, dial: Uint8Array | null) => void
  /** A device may come back, and is not connected: dial it. */
  readonly onLetIn: (device: Uint8Array) => void
  /** A pool was left: leave its topic. */
  readonly onPoolLeft: (topic: Uint8Array) => void
}

/** The topic on which a pool's devices find each other. Knowing it proves nothing. */
export function topicOf(poolId: PoolId): Uint8Array {
  return hash('kith/topic/1', keyOf(poolId))
}

/** All pools of the signed-in account, and the connections to the devices in them. */
export class Pools implements Facility, MachineDirectory {
  readonly name = 'pools'
  readonly needs = []
  readonly connections: Connections
  readonly names: Names
  readonly #pools = new Map<PoolId, Pool>()
  readonly #lists: ListKeeper
  readonly #callers: Callers
  readonly #listeners = new Listeners()
  readonly #readmission = new Readmission()
  #beat: NodeJS.Timeout | undefined
  #isInDoubt = false
  #onAsk: ConnectionSessionOptions['onAsk'] = () => Promise.resolve(fail('not_admitted'))

  constructor(private readonly options: PoolsOptions) {
    const { vault, local, nowMs, log } = options
    const pools = (): Iterable<Pool> => this.#pools.values()
    this.#lists = new ListKeeper({
      vault,
      local,
      pools,
      sessions: () => this.connections.all,
      nowMs,
      onUnlinked: options.onUnlinked,
      onChange: () => this.#changed(),
    })
    const { lists } = this.#lists
    this.connections = new Connections({
      selfDeviceId: vault.identity.deviceId,
      accountId: vault.accountId,
      username: vault.username,
      pools,
      ownDeviceList: () => this.#lists.own,
      keepDeviceList: (list, signed) => this.#lists.keep(list, signed),
      onShown: (deviceId, accountId) => lists.shownBy(deviceId, accountId),
      newestDeviceList: (account) => lists.signedOf(account),
      capabilities: options.capabilities,
      onAsk: (pool, accountId, action) => this.#onAsk(pool, accountId, action),
      onChange: () => this.#changed(),
      nowMs,
      log,
    })
    this.#callers = new Callers({
      vault,
      lists,
      pools,
      isOpen: (deviceId, poolId) => this.connections.in(poolId).some((session) => session.deviceId === deviceId),
      nowMs,
    })
    this.names = new Names({ vault, pools, connections: this.connections, callers: this.#callers })
  }

  async start(): Promise<void> {
    await this.#lists.open()
    for (const membership of this.options.vault.contents.memberships) {
      const opened = await this.open(membership)
      if (opened.ok) continue
      if (opened.error.code === 'profile_copied') this.#isInDoubt = true
      this.options.log.error({ pool: membership.poolId, code: opened.error.code }, 'pool could not be opened')
    }
    this.#beat = setTimeout(() => this.#beatAll(), firstBeatMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#beat)
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.close()))
  }

  /** True when a store was found copied or restored: this install needs a new device key. */
  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  health(): Health {
    return healthy
  }

  list(): readonly RemoteMachine[] {
    return this.connections.machines().map((machine) => {
      const owner = this.names.ownerOf(machine.deviceId)
      const name = this.names.machine(machine.deviceId) ?? unknownDeviceName
      return { ...machine, name, ...(owner === null ? {} : { ownerName: owner }) }
    })
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  all(): Iterable<Pool> {
    return this.#pools.values()
  }

  get(poolId: PoolId): Pool | undefined {
    return this.#pools.get(poolId)
  }

  /** Looks up a proved device key; null for strangers and unlinked devices. */
  whoIs(deviceId: DeviceId): Caller | null {
    return this.#callers.whoIs(deviceId)
  }

  /** Whether connections to devices of a pool are still being set up, so that waiting makes sense. */
  isConnecting(poolId: PoolId): boolean {
    const pool = this.#pools.get(poolId)
    if (!pool || pool.ending) return false
    return this.connections.isMeeting || (!pool.author && !pool.isAdmitted && !pool.refusal)
  }

  /** Who of a pool is away, where nobody is online; see awayFrom. */
  awayIn(poolId: PoolId): { pool: string; members: string[] } | null {
    const pool = this.#pools.get(poolId)
    return pool ? awayFrom(pool, { machines: this.list(), names: this.names }) : null
  }

  /** Sets the handler of actions that other devices ask of this one as the manager. */
  answerAsks(onAsk: ConnectionSessionOptions['onAsk']): void {
    this.#onAsk = onAsk
  }

  /** Whether this device is the manager or is connected to it. */
  isManagerConnected(pool: Pool): boolean {
    return pool.author !== null || this.connections.toManager(pool) !== undefined
  }

  /** Asks the manager of a pool; `pool_manager_away` when it is not connected. */
  async askManager(pool: Pool, action: ManagerAction): Promise<Managed> {
    const asked = await this.connections.toManager(pool)?.ask(pool, action)
    if (!asked) return fail('pool_manager_away', { pool: pool.name })
    if (!asked.ok) return asked
    return ok(asked.value && 'inviteId' in asked.value ? asked.value : null)
  }

  /** Opens the stores of a pool and begins to look for its devices. */
  async open(
    membership: Membership,
    dial: Uint8Array | null = null,
  ): Promise<Result<{ pool: Pool; store: Corestore }>> {
    const { vault, local, log, nowMs } = this.options
    const directory = join(vault.directory, 'pools', tagOf(membership.poolId), tagOf(vault.identity.deviceId))
    const store = await openStore(directory)
    if (!store.ok) return store
    const pool = new Pool(membership, {
      identity: vault.identity,
      profile: () => ({
        username: vault.username,
        machineName: vault.contents.deviceName,
        isSharing: this.options.isSharing(),
      }),
      local,
      store: store.value,
      log,
      nowMs,
      ownDeviceList: () => this.#lists.own,
      onDeviceList: async (signed) => {
        const list = verifyDeviceList(signed)
        if (list) await this.#lists.keep(list, signed)
      },
      isListed: (accountId, deviceId) => this.#lists.lists.isListed(accountId, deviceId),
      accountOf: (deviceId) => this.#callers.accountOf(deviceId),
      onOwnLeave: (left) => {
        this.forgetMembership(left).catch((cause: unknown) => log.error({ cause }, 'forgetting a pool that was left'))
      },
      onDoubt: this.options.onDoubt,
      onChange: (changed) => this.#reviewed(changed),
      onProfile: () => this.#changed(),
      onCore: (changed) => this.connections.attachAll(changed),
    })
    this.#pools.set(pool.poolId, pool)
    await pool.open()
    this.options.onPool(topicOf(pool.poolId), dial)
    return ok({ pool, store: store.value })
  }

  /** Saves a membership in the vault, so that it survives a restart. */
  async remember(membership: Membership): Promise<Result<{ poolId: PoolId }>> {
    const saved = await this.options.vault.update((contents) => ({
      ...contents,
      memberships: [...contents.memberships.filter(({ poolId }) => poolId !== membership.poolId), membership],
    }))
    if (!saved.ok) return saved
    this.#changed()
    return ok({ poolId: membership.poolId })
  }

  /** Closes a pool; the vault keeps the membership. */
  async forget(pool: Pool): Promise<void> {
    this.#pools.delete(pool.poolId)
    this.#readmission.forget(pool.poolId)
    await pool.close()
  }

  /** Leaves a pool for the whole account; see leavePool. */
  async leave(pool: Pool): Promise<Result<void>> {
    const told = await leavePool(pool, this.options.vault, this.connections.all, this.options.nowMs())
    return told.ok ? this.forgetMembership(pool) : told
  }

  /** Removes a membership from the vault and closes the pool. Its connections are cut, to be made again without it. */
  async forgetMembership(pool: Pool): Promise<Result<void>> {
    const saved = await this.options.vault.update((contents) => ({
      ...contents,
      memberships: contents.memberships.filter(({ poolId }) => poolId !== pool.poolId),
    }))
    if (!saved.ok) return saved
    this.options.onPoolLeft(topicOf(pool.poolId))
    const open = this.connections.in(pool.poolId)
    await this.forget(pool)
    for (const session of open) session.cut()
    this.#changed()
    return ok()
  }

  #reviewed(pool: Pool): void {
    if (this.#pools.get(pool.poolId) !== pool) return
    this.connections.review(pool)
    this.#dialLetIn(pool)
    keepName(this.options.vault, pool, this.options.log)
    this.#changed()
  }

  #dialLetIn(pool: Pool): void {
    const connected = new Set([...this.connections.all].map(({ deviceId }) => deviceId))
    for (const deviceId of this.#readmission.devicesLetIn(pool)) {
      const key = fromHex(deviceId)
      if (key && !connected.has(deviceId)) this.options.onLetIn(key)
    }
  }

  /** Sends the account's newer device list to all peers, after a device was linked or unlinked here. */
  showDeviceList(): Promise<void> {
    return this.#lists.showOwn()
  }

  /** Tells the pools what this device is called and whether it shares. */
  showProfile(): void {
    for (const pool of this.#pools.values()) pool.showProfile()
  }

  #beatAll(): void {
    this.#beat = setTimeout(() => this.#beatAll(), beatIntervalMs)
    const nowMs = this.options.nowMs()
    for (const pool of this.#pools.values()) {
      const { author } = pool
      if (!author) continue
      pool
        .exclusively(() => author.beat(nowMs))
        .catch((cause: unknown) => this.options.log.warn({ cause }, 'directory beat'))
    }
  }

  #changed(): void {
    this.#listeners.emit()
    this.options.onChange()
  }
}
