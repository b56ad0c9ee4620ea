import type Corestore from 'corestore'
import { unpackProof } from '../../accounts/records/acceptance.ts'
import { verifyInvite } from '../../accounts/records/invite.ts'
import { verifyLeave } from '../../accounts/records/leave.ts'
import type { Identity } from '../../accounts/identity.ts'
import type { PoolHeader } from '../../accounts/records/pool-header.ts'
import type { Membership } from '../../accounts/vault/vault-contents.ts'
import type { AccountStanding } from '../../access/standing.ts'
import type { Log } from '../../base/log.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import type { AdminDecisions } from './admin-merge.ts'
import { DeviceBees } from './device-bees.ts'
import { DeviceProfiles } from './device-profiles.ts'
import { KeyRing } from './key-ring.ts'
import { Leaves } from './leaves.ts'
import { MemberBees } from './member-bees.ts'
import { standingOf, withOwner, type Directory } from './membership.ts'
import { OwnBees } from './own-bees.ts'
import { PoolAdmins } from './pool-admins.ts'
import type { PoolAuthor } from './pool-author.ts'
import { PoolAuthority, type Anchor, type AuthorityRecords } from './pool-authority.ts'
import { PoolCores, type SharedCore } from './pool-cores.ts'
import type { DirectorySnapshot } from './directory-snapshot.ts'
import { PoolDirectory } from './pool-directory.ts'
import { PoolQueue } from './pool-queue.ts'
import type { Followed, Profile, SeenRecord } from './records.ts'
import { SetAside, setAsideError, type SetAsideCore } from './set-aside.ts'
import { SeenAccounts } from './seen-accounts.ts'
import { UsageBees } from './usage-bees.ts'

export interface PoolDependencies {
  readonly identity: Identity
  /** What this device says of itself to the others. */
  readonly profile: () => Profile
  readonly local: Bee
  readonly store: Corestore
  readonly log: Log
  readonly nowMs: () => number
  /** Something has changed that matters to the interface or to open connections. */
  readonly onChange: (pool: Pool) => void
  readonly onCore: (pool: Pool, shared: SharedCore) => void
  /** A device says something else of itself than before. */
  readonly onProfile: () => void
  /** The account's own root-signed device list, for its member bees. */
  readonly ownDeviceList: () => SignedBytes
  /** A device list read from a member bee, so that unlinking works while the manager is away. */
  readonly onDeviceList: (signed: SignedBytes) => Promise<void>
  /** Whether the newest list of an account names a device; true where no list is known. */
  readonly isListed: (accountId: AccountId, deviceId: DeviceId) => boolean
  /** The account of a device; null where it is not known. */
  readonly accountOf: (deviceId: DeviceId) => AccountId | null
  /** Our account has left the pool, on another of its devices. */
  readonly onOwnLeave: (pool: Pool) => void
  /** A core of ours is also written by another install: this one needs a new device key. */
  readonly onDoubt: () => void
}

/** One pool as this install knows it: read keys, directory, bees of its devices, and standings of accounts. */
export class Pool {
  /** The open bees of all devices, our own included, of every epoch this install can read. */
  readonly bees = new DeviceBees()
  readonly ring: KeyRing
  readonly authority: PoolAuthority
  readonly usage: UsageBees
  readonly profiles: DeviceProfiles
  readonly #cores: PoolCores
  readonly #own: OwnBees
  readonly #directory: PoolDirectory
  readonly #leaves: Leaves
  readonly #admins: PoolAdmins
  readonly #queue: PoolQueue
  readonly #memberBees: MemberBees
  readonly #seen: SeenAccounts
  readonly #setAside: SetAside
  #membership: Membership
  #refusal: KithError | null = null
  /** True once another device has admitted us in this run. */
  isAdmitted = false

  constructor(
    membership: Membership,
    private readonly dependencies: PoolDependencies,
  ) {
    this.#membership = membership
    const { identity, profile, local, nowMs, log } = dependencies
    const { poolId } = membership
    const inBackground = (step: () => Promise<void>): void => this.#queue.inBackground(step)
    this.#queue = new PoolQueue(poolId, log)
    this.ring = new KeyRing(local, poolId)
    this.authority = new PoolAuthority(local, poolId, anchorOf(membership))
    this.#leaves = new Leaves(local, poolId)
    this.#seen = new SeenAccounts(local, poolId)
    this.#setAside = new SetAside(local, poolId)
    this.#cores = new PoolCores({
      store: dependencies.store,
      setAside: this.#setAside,
      onCore: (shared) => dependencies.onCore(this, shared),
      onDoubt: dependencies.onDoubt,
      onSetAside: (bee) => {
        this.bees.remove(bee)
        this.#admins.lookAgain()
        dependencies.onChange(this)
      },
      nowMs,
      log,
    })
    const cores = this.#cores
    this.profiles = new DeviceProfiles(dependencies.onProfile)
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
      onMember: async (device, member) => {
        await this.profiles.read(device.deviceId, device.epoch, member)
        await this.usage.follow(device, member)
      },
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
      profile,
      cores,
      bees: this.bees,
      ring: this.ring,
      ownDeviceList: dependencies.ownDeviceList,
      nowMs,
    })
    this.#directory = new PoolDirectory({
      membership,
      authority: this.authority,
      poolSecretKey: () => this.#membership.poolSecretKey,
      identity,
      local,
      cores,
      ring: this.ring,
      own: this.#own,
      memberBees: this.#memberBees,
      nowMs,
      accountOf: (deviceId) => this.#accountOf(deviceId),
      isListed: dependencies.isListed,
      inBackground,
      onChange: () => {
        this.#admins.lookAgain()
        dependencies.onChange(this)
      },
    })
  }

  get membership(): Membership {
    return this.#membership
  }
  get poolId(): PoolId {
    return this.membership.poolId
  }
  /** The name from the directory, or from the membership before the directory is known. */
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
  /** Set on the manager only. A new epoch replaces it, so do not keep it. */
  get author(): PoolAuthor | null {
    return this.#directory.author
  }
  /** Why nothing of the pool works any more, for good: it is dissolved. */
  get ending(): KithError | null {
    const ending = this.authority.ending
    return ending && kithError('pool_dissolved', { owner: ending.ownerName, pool: ending.poolName })
  }
  /** Why the pool cannot be used: it is dissolved, its records are set aside, or a device refused us and none admitted us since. */
  get refusal(): KithError | null {
    if (this.ending) return this.ending
    const known = this.#directory.knownFrom(this.#setAside.all)
    return known ? setAsideError(known, this) : this.#refusal
  }
  set refusal(refusal: KithError | null) {
    this.#refusal = refusal
  }
  /** Cores of the pool's devices that are no longer read. */
  get setAside(): readonly SetAsideCore[] {
    return this.#setAside.all
  }
  /** The epoch of read keys this install follows; 0 before it has any. */
  get readEpoch(): number {
    return this.#directory.epoch
  }
  /** The signed statement of which cores we write; null before we have read keys. */
  get statement(): SignedBytes | null {
    return this.#own.statement
  }
  get shared(): readonly SharedCore[] {
    return this.#cores.shared
  }
  /** Leaves to pass on to the manager: those of accounts that have not been removed yet. */
  get leaves(): readonly SignedBytes[] {
    return this.#leaves.all.filter((signed) => {
      const account = verifyLeave(signed)?.account
      return account !== undefined && this.#hasLeft(account)
    })
  }

  /** Whether a device has an envelope of an epoch, and so may get its cores. */
  holdsKeys(deviceId: DeviceId, epoch: number): boolean {
    return this.#directory.holds(deviceId, epoch)
  }

  /** The store of the pool's cores. */
  get store(): Corestore {
    return this.dependencies.store
  }

  get ownAccountId(): AccountId {
    return this.dependencies.identity.accountId
  }

  standing(accountId: AccountId): AccountStanding | null {
    if (this.authority.ending || this.#hasLeft(accountId)) return null
    const standing = standingOf(accountId, this, this.#seen.all, this.dependencies.nowMs())
    return standing && withOwner(standing, accountId, this.authority.succession?.owner ?? null)
  }

  seen(accountId: AccountId): SeenRecord | null {
    return this.#seen.get(accountId)
  }

  /** How many accounts have shown an invite, here or to the manager. */
  shownCount(inviteId: string): number {
    return this.#seen.shownCount(inviteId, this.directory)
  }

  async open(): Promise<void> {
    await this.authority.open()
    await this.#setAside.open()
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

  /** The key that speaks for the pool was given to this install, or taken from it. */
  entrust(poolSecretKey: Uint8Array | null): void {
    this.#membership = { ...this.#membership, poolSecretKey }
  }

  /** Takes what says who speaks for the pool, from anybody: it proves itself. */
  async takeAuthority(records: AuthorityRecords): Promise<void> {
    const isNews = await this.authority.take(records)
    if (isNews) this.dependencies.onChange(this)
  }

  /**
   * Follows a header that names this device, and writes the directory in the same step, so that no device is
   * judged by an empty one.
   */
  async takeOver(signed: SignedBytes, write: () => Promise<void>): Promise<void> {
    await this.exclusively(async () => {
      await this.#directory.followHeader(signed)
      await write()
    })
    this.dependencies.onChange(this)
  }

  /** Keeps when an acceptance was first seen, so that its age is judged by our own clock. */
  remember(seen: SeenRecord): Promise<void> {
    return this.#seen.remember(seen)
  }

  /** Takes an account's leave; false if it is not valid. The manager removes the member at once. */
  async honourLeave(signed: SignedBytes): Promise<boolean> {
    const leave = verifyLeave(signed)
    if (leave?.pool !== this.poolId) return false
    const account = this.#accountOf(leave.device)
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

  #accountOf(deviceId: DeviceId): AccountId | null {
    return this.dependencies.accountOf(deviceId) ?? this.directory?.devices.get(deviceId)?.accountId ?? null
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
   * Reads the directory again and opens the bees of new devices. The manager then removes unlinked devices, and
   * starts a new epoch if a device holds keys that it should not have. Runs within `exclusively`.
   */
  refresh(): Promise<void> {
    return this.#queue.isClosed ? Promise.resolve() : this.#directory.refresh()
  }

  /** Decisions of admins that the directory does not hold yet. */
  get decisions(): AdminDecisions {
    return this.#admins.decisions
  }

  /** Reads the admins' records. Must not run within `exclusively`, because it may wait for blocks. */
  refreshAdmins(): Promise<void> {
    return this.#admins.refresh()
  }

  /** The directory as records, for a backup; null before it was read. Runs within `exclusively`. */
  snapshot(): Promise<DirectorySnapshot | null> {
    return this.#directory.snapshot()
  }

  /** Where the directory is that this install follows. */
  get place(): Followed | null {
    return this.#directory.place
  }

  /** The records another device wrote at a place; see PoolDirectory. Runs within `exclusively`. */
  recordsAt(place: Followed): Promise<DirectorySnapshot['records'] | null> {
    return this.#directory.recordsAt(place)
  }

  /** Refreshes in the background, because a device list has changed. */
  reconsider(): void {
    this.#queue.inBackground(() => this.refresh())
  }

  /** Writes the account's newest device list into our member bee. */
  showDeviceList(): Promise<void> {
    return this.exclusively(() => this.#own.showDeviceList())
  }

  /** Writes what this device says of itself, after that has changed. */
  showProfile(): void {
    this.#queue.inBackground(() => this.#own.showProfile())
  }

  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#admins.close(), this.#memberBees.close()])
    await this.#cores.close()
  }
}

/** The key that the invite we came by is signed with, if it is not the pool's own. */
function anchorOf({ inviteProof }: Membership): Anchor | null {
  const proof = inviteProof && unpackProof(inviteProof)
  const certificate = proof ? verifyInvite(proof.certificate) : null
  return certificate && certificate.generation > 0 ? certificate : null
}
