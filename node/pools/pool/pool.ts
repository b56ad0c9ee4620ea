import type Corestore from 'corestore'
import { verifyLeave } from '../../accounts/records/leave.ts'
import type { Identity } from '../../accounts/identity.ts'
import type { PoolHeader } from '../../accounts/records/pool-header.ts'
import type { Membership } from '../../accounts/vault/vault-contents.ts'
import type { AccountStanding } from '../../access/standing.ts'
import type { Log } from '../../base/log.ts'
import type { KithError } from '../../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import type { AdminDecisions } from './admin-merge.ts'
import { DeviceBees } from './device-bees.ts'
import { KeyRing } from './key-ring.ts'
import { Leaves } from './leaves.ts'
import { MemberBees } from './member-bees.ts'
import { standingOf, type Directory } from './membership.ts'
import { OwnBees } from './own-bees.ts'
import { PoolAdmins } from './pool-admins.ts'
import type { PoolAuthor } from './pool-author.ts'
import { PoolCores, type SharedCore } from './pool-cores.ts'
import type { DirectorySnapshot } from './directory-snapshot.ts'
import { PoolDirectory } from './pool-directory.ts'
import { PoolQueue } from './pool-queue.ts'
import type { SeenRecord } from './records.ts'
import { SeenAccounts } from './seen-accounts.ts'
import { UsageBees } from './usage-bees.ts'

export interface PoolDependencies {
  readonly identity: Identity
  readonly username: string
  readonly local: Bee
  readonly store: Corestore
  readonly log: Log
  readonly nowMs: () => number
  /** Something a window or an open connection may care about has changed. */
  readonly onChange: (pool: Pool) => void
  readonly onCore: (pool: Pool, shared: SharedCore) => void
  /** The account's own root-signed device list, to be kept in its member bees. */
  readonly ownDeviceList: () => SignedBytes
  /** A device list read from a member bee; unlinking works by it while the manager sleeps. */
  readonly onDeviceList: (signed: SignedBytes) => Promise<void>
  /** Whether the newest list of an account names a device; true where no list is known. */
  readonly isListed: (accountId: AccountId, deviceId: DeviceId) => boolean
  /** The account of a device by the newest list that names it. */
  readonly accountOf: (deviceId: DeviceId) => AccountId | null
  /** Another device of our account has left the pool for all of them. */
  readonly onOwnLeave: (pool: Pool) => void
  /** A core of ours is written elsewhere too: this install needs a new device key. */
  readonly onDoubt: () => void
}

/** One pool as this install knows it: its read keys, its directory, the bees of its devices and who stands how. */
export class Pool {
  /** The open bees of all devices, ours among them, of every epoch this install can read. */
  readonly bees = new DeviceBees()
  /** The read keys of all epochs this install was given. */
  readonly ring: KeyRing
  /** The usage bees, one a month. */
  readonly usage: UsageBees
  readonly #cores: PoolCores
  readonly #own: OwnBees
  readonly #directory: PoolDirectory
  readonly #leaves: Leaves
  readonly #admins: PoolAdmins
  readonly #queue: PoolQueue
  readonly #memberBees: MemberBees
  readonly #seen: SeenAccounts
  /** Set while a computer of the pool refuses us, cleared when one lets us in. */
  refusal: KithError | null = null
  /** True once another device has let us in, in this run. */
  isAdmitted = false

  constructor(
    readonly membership: Membership,
    private readonly dependencies: PoolDependencies,
  ) {
    const { identity, username, local, nowMs, log } = dependencies
    const { poolId } = membership
    const inBackground = (step: () => Promise<void>): void => this.#queue.inBackground(step)
    this.#queue = new PoolQueue(poolId, log)
    this.ring = new KeyRing(local, poolId)
    this.#leaves = new Leaves(local, poolId)
    this.#seen = new SeenAccounts(local, poolId)
    this.#cores = new PoolCores(dependencies.store, (shared) => dependencies.onCore(this, shared), dependencies.onDoubt)
    const cores = this.#cores
    this.usage = new UsageBees({
      poolId,
      identity,
      local,
      cores,
      bees: this.bees,
      ring: this.ring,
      keys: () => this.ring.of(this.bees.own('member')?.epoch ?? 0),
      member: () => this.bees.own('member')?.bee ?? null,
    })
    this.#memberBees = new MemberBees({
      poolId,
      self: identity.deviceId,
      cores,
      bees: this.bees,
      onDeviceList: dependencies.onDeviceList,
      onMember: (device, member) => this.usage.follow(device, member),
      log,
    })
    this.#admins = new PoolAdmins({
      poolId,
      bees: this.bees,
      directory: () => this.directory,
      author: () => this.author,
      exclusively: (step) => this.exclusively(step),
      reread: () => this.refresh(),
      onChange: () => dependencies.onChange(this),
      log,
    })
    this.#own = new OwnBees({
      poolId,
      identity,
      username,
      cores,
      bees: this.bees,
      ring: this.ring,
      ownDeviceList: dependencies.ownDeviceList,
      nowMs,
    })
    this.#directory = new PoolDirectory({
      membership,
      identity,
      local,
      cores,
      ring: this.ring,
      own: this.#own,
      memberBees: this.#memberBees,
      nowMs,
      isListed: dependencies.isListed,
      inBackground,
      onChange: () => {
        this.#admins.lookAgain()
        dependencies.onChange(this)
      },
    })
  }

  get poolId(): PoolId {
    return this.membership.poolId
  }
  /** What the directory calls it; before it is known, what the invite or the vault does. */
  get name(): string {
    return this.directory?.pool.name ?? this.membership.poolName
  }
  get header(): PoolHeader | null {
    return this.#directory.header
  }
  get signedHeader(): SignedBytes | null {
    return this.#directory.signedHeader
  }
  get directory(): Directory | null {
    return this.#directory.latest
  }
  /** Set on the one device that writes this pool's directory. A new epoch brings another: ask each time. */
  get author(): PoolAuthor | null {
    return this.#directory.author
  }
  /** The epoch of read keys this install follows; 0 before it has any. */
  get readEpoch(): number {
    return this.#directory.epoch
  }
  /** Which cores we write here now; null until we have read keys. */
  get statement(): SignedBytes | null {
    return this.#own.statement
  }
  get shared(): readonly SharedCore[] {
    return this.#cores.shared
  }
  /** Leaves to pass on to the manager: of accounts that its directory still names. */
  get leaves(): readonly SignedBytes[] {
    return this.#leaves.all.filter((signed) => {
      const account = verifyLeave(signed)?.account
      return account !== undefined && this.#hasLeft(account)
    })
  }

  /** Whether a device has been given the read keys of an epoch, and with them the cores of it. */
  holdsKeys(deviceId: DeviceId, epoch: number): boolean {
    return this.#directory.holds(deviceId, epoch)
  }

  get ownAccountId(): AccountId {
    return this.dependencies.identity.accountId
  }

  standing(accountId: AccountId): AccountStanding | null {
    if (this.#hasLeft(accountId)) return null
    return standingOf(accountId, this, this.#seen.all, this.dependencies.nowMs())
  }

  seen(accountId: AccountId): SeenRecord | null {
    return this.#seen.get(accountId)
  }

  /** How many accounts have shown an invite, here or to the manager. */
  shownCount(inviteId: string): number {
    return this.#seen.shownCount(inviteId, this.directory)
  }

  /** Opens what this install has of the pool. */
  async open(): Promise<void> {
    await this.#seen.open()
    await this.ring.open()
    await this.#leaves.open()
    await this.exclusively(() => this.#directory.open())
    this.dependencies.onChange(this)
  }

  /** Takes a header if it is this pool's and newer than ours. */
  async followHeader(signed: SignedBytes): Promise<void> {
    const isNew = await this.exclusively(() => this.#directory.followHeader(signed))
    if (isNew) this.dependencies.onChange(this)
  }

  /**
   * Follows a header that names this device, and writes the directory in the same step: nobody is
   * judged by one that is still empty.
   */
  async takeOver(signed: SignedBytes, write: () => Promise<void>): Promise<void> {
    await this.exclusively(async () => {
      await this.#directory.followHeader(signed)
      await write()
    })
    this.dependencies.onChange(this)
  }

  /** Keeps the first sight of an acceptance, so that its age is judged by our clock. */
  remember(seen: SeenRecord): Promise<void> {
    return this.#seen.remember(seen)
  }

  /** Takes an account's leave; false for one that does not hold. The manager takes it out at once. */
  async honourLeave(signed: SignedBytes): Promise<boolean> {
    const leave = verifyLeave(signed)
    if (leave?.pool !== this.poolId) return false
    const account =
      this.dependencies.accountOf(leave.device) ?? this.directory?.devices.get(leave.device)?.accountId ?? null
    if (account !== leave.account) return false
    return this.exclusively(async () => {
      const isNew = await this.#leaves.keep(leave, signed)
      const isMember = this.directory?.members.get(account)?.inviteId === leave.inviteId
      if (this.author && isMember) {
        await this.author.edits.removeMember(account, { isRefused: false, atMs: leave.atMs })
        await this.refresh()
      }
      if (isNew && account === this.dependencies.identity.accountId) this.dependencies.onOwnLeave(this)
      else if (isNew) this.dependencies.onChange(this)
      return true
    })
  }

  #hasLeft(accountId: AccountId): boolean {
    const member = this.directory?.members.get(accountId)
    return this.#leaves.has(accountId, member ? member.inviteId : this.#seen.get(accountId)?.inviteId)
  }

  /** Steps that read and then write the directory run one at a time. */
  exclusively<T>(step: () => Promise<T>): Promise<T> {
    return this.#queue.run(step)
  }

  /**
   * Reads the directory again and opens the bees of devices that are new in it. The manager then takes
   * out unlinked devices, and starts a new epoch of read keys where somebody holds keys who should not.
   * Runs within `exclusively`.
   */
  refresh(): Promise<void> {
    return this.#queue.isClosed ? Promise.resolve() : this.#directory.refresh()
  }

  /** What the admins decided and the directory has not taken over. */
  get decisions(): AdminDecisions {
    return this.#admins.decisions
  }

  /** Reads what admins wrote. Not within `exclusively`: it may wait for blocks. */
  refreshAdmins(): Promise<void> {
    return this.#admins.refresh()
  }

  /** The directory as records, for a backup; null while it is not here. Runs within `exclusively`. */
  snapshot(): Promise<DirectorySnapshot | null> {
    return this.#directory.snapshot()
  }

  /** Looks again, because a device list has changed. */
  reconsider(): void {
    this.#queue.inBackground(() => this.refresh())
  }

  /** Puts the account's newest device list into our member bee. */
  showDeviceList(): Promise<void> {
    return this.exclusively(() => this.#own.showDeviceList())
  }

  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#admins.close(), this.#memberBees.close()])
    await this.#cores.close()
  }
}
