import { join } from 'node:path'
import type Corestore from 'corestore'
import { keyOf } from '../accounts/ids.ts'
import { verifyDeviceList, type DeviceList } from '../accounts/device-list.ts'
import type { Vault } from '../accounts/vault.ts'
import type { Membership } from '../accounts/vault-contents.ts'
import type { Facility, Health } from '../base/facility.ts'
import { healthy } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import { tagOf } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { fromHex } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'
import type { SignedBytes } from '../crypto/signed-record.ts'
import type { ManagerAction } from '../net/manager-messages.ts'
import type { PoolLink } from '../net/pool-link.ts'
import type { Caller, Capabilities, MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import type { Bee } from '../state/bee.ts'
import { openStore } from '../state/open-store.ts'
import { Callers } from './callers.ts'
import { DeviceLists } from './device-lists.ts'
import { leavePool } from './leave-pool.ts'
import { LinkSession, type LinkSessionOptions } from './link-session.ts'
import type { Managed } from './manager-line.ts'
import { OwnList } from './own-list.ts'
import { Pool } from './pool.ts'
import { keepName } from './pool-name.ts'

/** How often the writer of a directory shows that it is alive. */
const beatIntervalMs = 12 * 3_600_000
/** The first one waits, so that an install restored from a backup hears of its newer records first. */
const firstBeatMs = 60_000

export interface PoolsOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly log: Log
  readonly nowMs: () => number
  readonly capabilities: () => Capabilities | null
  /** Membership, machines or pools have changed. */
  readonly onChange: () => void
  /** A core of ours is written elsewhere too: this install needs a new device key. */
  readonly onDoubt: () => void
  /** Another device of the account has unlinked this one. */
  readonly onUnlinked: () => void
  /** A pool was added: its topic is to be joined, and this device of it may be dialled at once. */
  readonly onPool: (topic: Uint8Array, dial: Uint8Array | null) => void
  /** A pool was left: its topic is not looked on any more. */
  readonly onPoolLeft: (topic: Uint8Array) => void
}

/** The topic on which a pool's devices find each other. Knowing it proves nothing. */
export function topicOf(poolId: PoolId): Uint8Array {
  return hash('kith/topic/1', keyOf(poolId))
}

/** All pools of the signed-in account, and the links to the devices in them. */
export class Pools implements Facility, MachineDirectory {
  readonly name = 'pools'
  readonly needs = []
  readonly #pools = new Map<PoolId, Pool>()
  readonly #sessions = new Set<LinkSession>()
  readonly #lists: DeviceLists
  readonly #callers: Callers
  readonly #listeners = new Set<() => void>()
  #beat: NodeJS.Timeout | undefined
  readonly #ownList: OwnList
  #isInDoubt = false
  #onAsk: LinkSessionOptions['onAsk'] = () => Promise.resolve(fail('not_admitted'))

  constructor(private readonly options: PoolsOptions) {
    this.#lists = new DeviceLists(options.local)
    this.#ownList = new OwnList(options.vault)
    this.#callers = new Callers({
      vault: options.vault,
      lists: this.#lists,
      pools: () => this.#pools.values(),
      isOpen: (deviceId, poolId) =>
        [...this.#sessions].some((session) => session.deviceId === deviceId && session.openPools.includes(poolId)),
      nowMs: options.nowMs,
    })
  }

  async start(): Promise<void> {
    await this.#lists.open()
    await this.#keepOwnList()
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
    const machines = new Map<DeviceId, RemoteMachine>()
    for (const session of this.#sessions) {
      const { applicant, openPools, capabilities } = session
      const serviceKey = applicant ? fromHex(applicant.serviceKey) : null
      if (!applicant || !serviceKey || openPools.length === 0) continue
      const name = capabilities?.machineName ?? applicant.username
      machines.set(session.deviceId, { deviceId: session.deviceId, serviceKey, name, poolIds: openPools, capabilities })
    }
    return [...machines.values()]
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  all(): Iterable<Pool> {
    return this.#pools.values()
  }

  get(poolId: PoolId): Pool | undefined {
    return this.#pools.get(poolId)
  }

  get sessions(): ReadonlySet<LinkSession> {
    return this.#sessions
  }

  /** Looks up a proved device key; null for strangers and unlinked devices. */
  whoIs(deviceId: DeviceId): Caller | null {
    return this.#callers.whoIs(deviceId)
  }

  /** Whether devices of a pool are still being met, so that waiting for one makes sense. */
  isConnecting(poolId: PoolId): boolean {
    const pool = this.#pools.get(poolId)
    if (!pool) return false
    if ([...this.#sessions].some((session) => session.openPools.length === 0)) return true
    return !pool.author && !pool.isAdmitted && !pool.refusal
  }

  /** Says who answers what other devices ask of this one as their pool's manager. */
  answerAsks(onAsk: LinkSessionOptions['onAsk']): void {
    this.#onAsk = onAsk
  }

  /** Whether what only the manager of a pool may write can be written now. */
  isManagerConnected(pool: Pool): boolean {
    return pool.author !== null || this.#managerOf(pool) !== undefined
  }

  /** Asks the device that writes a pool's directory; `pool_manager_away` when it is not connected. */
  async askManager(pool: Pool, action: ManagerAction): Promise<Managed> {
    return (await this.#managerOf(pool)?.askManager(pool, action)) ?? fail('pool_manager_away', { pool: pool.name })
  }

  #managerOf(pool: Pool): LinkSession | undefined {
    const manager = pool.header?.directoryWriter
    return [...this.#sessions].find(
      (session) => session.deviceId === manager && session.openPools.includes(pool.poolId),
    )
  }

  addLink(link: PoolLink): void {
    const session = new LinkSession({
      link,
      selfDeviceId: this.options.vault.identity.deviceId,
      accountId: this.options.vault.accountId,
      username: this.options.vault.username,
      pools: () => this.#pools.values(),
      ownDeviceList: () => this.#ownList.signed,
      keepDeviceList: (list, signed) => this.#keepList(list, signed),
      onShown: (deviceId, accountId) => this.#lists.shownBy(deviceId, accountId),
      newestDeviceList: (account) => this.#lists.signedOf(account),
      capabilities: this.options.capabilities,
      onAsk: (pool, accountId, action) => this.#onAsk(pool, accountId, action),
      onChange: () => {
        if (link.isClosed) this.#sessions.delete(session)
        this.#changed()
      },
      nowMs: this.options.nowMs,
      log: this.options.log,
    })
    this.#sessions.add(session)
  }

  pushCapabilities(): void {
    for (const session of this.#sessions) session.sendCapabilities()
  }

  /** Shows our pools again on every link, after one was added. */
  claimAll(): void {
    for (const session of this.#sessions) session.claim()
  }

  /** Ends every link of an account, before a record takes its place away. */
  cut(accountId: AccountId): void {
    for (const session of this.#sessions) if (session.applicant?.accountId === accountId) session.cut()
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
      username: vault.username,
      local,
      store: store.value,
      log,
      nowMs,
      ownDeviceList: () => this.#ownList.signed,
      onDeviceList: async (signed) => {
        const list = verifyDeviceList(signed)
        if (list) await this.#keepList(list, signed)
      },
      isListed: (accountId, deviceId) => this.#lists.isListed(accountId, deviceId),
      accountOf: (deviceId) => this.#callers.accountOf(deviceId),
      onOwnLeave: (left) => {
        this.forgetMembership(left).catch((cause: unknown) => log.error({ cause }, 'forgetting a pool that was left'))
      },
      onDoubt: this.options.onDoubt,
      onChange: (changed) => this.#reviewed(changed),
      onCore: (changed) => {
        for (const session of this.#sessions) session.attachAll(changed)
      },
    })
    this.#pools.set(pool.poolId, pool)
    await pool.open()
    this.options.onPool(topicOf(pool.poolId), dial)
    return ok({ pool, store: store.value })
  }

  /** Keeps a membership in the vault: from here on it survives a restart. */
  async remember(membership: Membership): Promise<Result<{ poolId: PoolId }>> {
    const saved = await this.options.vault.update((contents) => ({
      ...contents,
      memberships: [...contents.memberships.filter(({ poolId }) => poolId !== membership.poolId), membership],
    }))
    if (!saved.ok) return saved
    this.#changed()
    return ok({ poolId: membership.poolId })
  }

  /** Closes a pool that refused us, so that another invite to it can be tried. */
  async forget(pool: Pool): Promise<void> {
    this.#pools.delete(pool.poolId)
    await pool.close()
  }

  /** Leaves a pool for the whole account; see leavePool. */
  async leave(pool: Pool): Promise<Result<void>> {
    const told = await leavePool(pool, this.options.vault, this.#sessions, this.options.nowMs())
    return told.ok ? this.forgetMembership(pool) : told
  }

  /** Forgets that we were in a pool, here; the links that were open in it are made anew without it. */
  async forgetMembership(pool: Pool): Promise<Result<void>> {
    const saved = await this.options.vault.update((contents) => ({
      ...contents,
      memberships: contents.memberships.filter(({ poolId }) => poolId !== pool.poolId),
    }))
    if (!saved.ok) return saved
    this.options.onPoolLeft(topicOf(pool.poolId))
    const open = [...this.#sessions].filter((session) => session.openPools.includes(pool.poolId))
    await this.forget(pool)
    for (const session of open) session.cut()
    this.#changed()
    return ok()
  }

  #reviewed(pool: Pool): void {
    if (this.#pools.get(pool.poolId) !== pool) return
    for (const session of this.#sessions) session.review(pool)
    keepName(this.options.vault, pool, this.options.log)
    this.#changed()
  }

  /** Shows everybody the account's newer list, after a device was linked or unlinked here. */
  async showDeviceList(): Promise<void> {
    this.#ownList.reload()
    await this.#keepOwnList()
    await this.#spreadOwnList()
  }

  /** The own list among those of others; where one of them is newer, it was heard while nobody was signed in. */
  async #keepOwnList(): Promise<void> {
    const { signed } = this.#ownList
    const own = verifyDeviceList(signed)
    if (own) await this.#keepList(own, signed)
    const newest = this.#lists.signedOf(this.options.vault.accountId)
    if (newest && newest !== signed) await this.#ownListHeard(newest)
  }

  /** By message and in our member bees, so that it also reaches those who are away now. */
  async #spreadOwnList(): Promise<void> {
    for (const session of this.#sessions) session.sendDeviceList(this.#ownList.signed)
    for (const pool of this.#pools.values()) await pool.showDeviceList()
    this.#changed()
  }

  async #ownListHeard(signed: SignedBytes): Promise<void> {
    if (!(await this.#ownList.adopt(signed))) return
    if (this.#ownList.isListed) await this.#spreadOwnList()
    else this.options.onUnlinked()
  }

  /** Keeps a device list wherever it came from. Whoever it unlinks loses his links, and his read keys where we manage. */
  async #keepList(list: DeviceList, signed: SignedBytes): Promise<DeviceList> {
    const newest = await this.#lists.keep(list, signed)
    for (const session of this.#sessions) {
      const isOfAccount = session.applicant?.accountId === newest.account
      const isListed = newest.devices.some(({ device }) => device === session.deviceId)
      // It hears why first, so that it can say so to whoever sits there.
      if (isOfAccount && !isListed) session.part(this.#lists.signedOf(newest.account))
    }
    for (const pool of this.#pools.values()) if (pool.author) pool.reconsider()
    if (list.account === this.options.vault.accountId) await this.#ownListHeard(signed)
    return newest
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
    for (const listener of this.#listeners) listener()
    this.options.onChange()
  }
}
