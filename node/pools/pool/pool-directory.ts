import { z } from 'zod'
import { coreKeyPair, type Identity } from '../../accounts/identity.ts'
import { verifyPoolHeader, type PoolHeader } from '../../accounts/records/pool-header.ts'
import type { Membership } from '../../accounts/vault/vault-contents.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import { equalBytes } from '../../crypto/hash.ts'
import { keyPairFromSecretKey, type KeyPair } from '../../crypto/keys.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { Envelopes } from './envelopes.ts'
import type { KeyRing } from './key-ring.ts'
import { readDirectory, type Directory } from './membership.ts'
import { bytesOf, type MemberBees } from './member-bees.ts'
import type { OwnBees } from './own-bees.ts'
import { PoolAuthor } from './pool-author.ts'
import type { PoolAuthority } from './pool-authority.ts'
import type { OthersBee, OwnBee, PoolCores } from './pool-cores.ts'
import type { DirectorySnapshot } from './directory-snapshot.ts'
import { followedSchema, localKeys, type Followed, type ReadKeys } from './records.ts'
import { isEpochOver, startEpoch } from './rotation.ts'
import type { SetAsideCore } from './set-aside.ts'
import { signedFromText, signedToText } from './signed-text.ts'

export interface PoolDirectoryOptions {
  readonly membership: Membership
  readonly authority: PoolAuthority
  /** The key that speaks for the pool, where this install has been given it. */
  readonly poolSecretKey: () => Uint8Array | null
  readonly identity: Identity
  readonly local: Bee
  readonly cores: PoolCores
  readonly ring: KeyRing
  readonly own: OwnBees
  readonly memberBees: MemberBees
  readonly nowMs: () => number
  /** The account of a device; null where it is not known. */
  readonly accountOf: (deviceId: DeviceId) => AccountId | null
  /** Whether the newest device list of the account names the device; true where no list is known. */
  readonly isListed: (accountId: AccountId, deviceId: DeviceId) => boolean
  /** Runs a step later, and tries again while blocks are missing. */
  readonly inBackground: (step: () => Promise<void>) => void
  readonly onChange: () => void
}

/**
 * Follows a pool from its header to the envelopes, to the read keys, to the directory of their epoch; on the
 * manager it also starts new epochs.
 *
 * Header epochs, read-key epochs and core lengths only ever increase. All steps run in the pool's queue, one at
 * a time.
 */
export class PoolDirectory {
  #header: PoolHeader | null = null
  #signedHeader: SignedBytes | null = null
  #envelopes: Envelopes | null = null
  #followed: Followed | null = null
  /** The place that is to be followed, which may be set aside. */
  #wanted: Followed | null = null
  #bee: Bee | null = null
  /** The bee and version that `#directory` was read from; it stays until the next one is read. */
  #readFrom: { readonly bee: Bee; readonly version: number } | null = null
  #directory: Directory | null = null
  #author: PoolAuthor | null = null

  constructor(private readonly options: PoolDirectoryOptions) {}

  get header(): PoolHeader | null {
    return this.#header
  }
  get signedHeader(): SignedBytes | null {
    return this.#signedHeader
  }
  get latest(): Directory | null {
    return this.#directory
  }
  get author(): PoolAuthor | null {
    return this.#isCurrent ? this.#author : null
  }
  /** The epoch of read keys this install follows; 0 before it has any. */
  get epoch(): number {
    return this.#followed?.epoch ?? 0
  }

  /**
   * Of these cores, those that the pool is known from: its envelopes, and the directory that is followed. As such alone:
   * any member can name them as its own and have them set aside for itself.
   */
  knownFrom(cores: readonly SetAsideCore[]): SetAsideCore | null {
    const names = { envelopes: this.#header?.envelopeCore, directory: this.#wanted?.core, member: null, usage: null }
    return cores.findLast(({ core, kind }) => names[kind] === core) ?? null
  }

  holds(deviceId: DeviceId, epoch: number): boolean {
    return this.#envelopes?.holds(deviceId, epoch) ?? false
  }

  /** Opens what is stored here, without waiting for a peer. */
  async open(): Promise<void> {
    const { local, membership, ring } = this.options
    const stored = await local.get(localKeys.header(membership.poolId), z.string())
    const signed = stored ? signedFromText(stored) : null
    const header = signed ? this.#verified(signed) : null
    if (!signed || header?.pool !== membership.poolId) return
    this.#take(header, signed)
    const newest = ring.newest
    const kept = await local.get(localKeys.directory(membership.poolId), followedSchema)
    const { epoch: headerEpoch, generation, directoryCore: core } = header
    const first = newest && { headerEpoch, generation, epoch: newest.epoch, core }
    const place = kept ?? first
    const keys = place && ring.of(place.epoch)
    if (place && keys) await this.#followPlace(place, keys)
    await this.#openEnvelopes()
  }

  /** Takes a header if it is this pool's and newer than ours; returns whether it was. */
  async followHeader(signed: SignedBytes): Promise<boolean> {
    const { local, membership, authority } = this.options
    const header = this.#verified(signed)
    if (header?.pool !== membership.poolId || authority.ending) return false
    // Whoever spoke for the pool before its last change of owner is not followed any more.
    if (header.generation < authority.generation) return false
    const known = this.#header
    if (known?.generation === header.generation && header.epoch <= known.epoch) return false
    await local.put(localKeys.header(membership.poolId), signedToText(signed))
    this.#take(header, signed)
    await this.#openEnvelopes()
    return true
  }

  #verified(signed: SignedBytes): PoolHeader | null {
    return verifyPoolHeader(signed, (generation) => this.options.authority.keyOf(generation))
  }

  #take(header: PoolHeader, signed: SignedBytes): void {
    this.#header = header
    this.#signedHeader = signed
    // The manager may have changed: the old directory is read until the new one is here, but no longer written.
    this.#author = null
  }

  /** Whether the header was signed by who speaks for the pool now. Until then nothing new is read, or written here. */
  get #isCurrent(): boolean {
    const { authority } = this.options
    return this.#header?.generation === authority.generation && !authority.ending
  }

  get #isManager(): boolean {
    return this.#header?.directoryWriter === this.options.identity.deviceId
  }

  async #openEnvelopes(): Promise<void> {
    const { cores, identity, inBackground } = this.options
    const header = this.#header
    if (!header) return
    const envelopes = { kind: 'envelopes', encryptionKey: null, audience: 'everyone', epoch: null } as const
    const bee = this.#isManager
      ? await cores.openOwn({ ...envelopes, keyPair: this.#keyPair('envelopes', header.epoch) })
      : await cores.openOthers({
          ...envelopes,
          key: bytesOf(header.envelopeCore),
          writer: this.#writer(header.directoryWriter),
        })
    if (!bee) return
    this.#envelopes = new Envelopes(bee, identity)
    bee.onAppend(() => inBackground(() => this.#follow()))
    // The writer has all blocks; a reader may have to wait for some.
    if (this.#isManager) await this.#follow()
    else inBackground(() => this.#follow())
  }

  /** Takes new read keys from the envelopes and follows the directory of the current epoch. */
  async #follow(): Promise<void> {
    const { ring } = this.options
    const header = this.#header
    const envelopes = this.#envelopes
    if (!header || !envelopes || (!this.#isCurrent && this.#directory)) return
    await envelopes.refresh(this.#isManager ? null : ring)
    const current = await envelopes.current()
    // A new pool has read keys before it has envelopes.
    const epoch = current?.current ?? (this.#isManager ? ring.newest?.epoch : undefined)
    const keys = epoch === undefined ? null : ring.of(epoch)
    const core = current?.directoryCore ?? header.directoryCore
    const writer = header.directoryWriter
    const { epoch: headerEpoch, generation } = header
    if (keys) await this.#followPlace({ headerEpoch, generation, epoch: keys.epoch, core, writer }, keys)
    this.options.onChange()
  }

  async #followPlace(place: Followed, keys: ReadKeys): Promise<void> {
    const { local, membership, own, inBackground } = this.options
    const known = this.#followed
    if (known && isBefore(place, known)) return
    const isNew = known?.core !== place.core || known.headerEpoch !== place.headerEpoch || known.epoch !== place.epoch
    if (isNew) {
      this.#wanted = place
      const bee = await this.#openDirectory(place, keys)
      if (!bee) return
      await local.put(localKeys.directory(membership.poolId), place)
      this.#followed = place
      this.#bee = bee
      bee.onAppend(() => inBackground(() => this.refresh()))
    }
    await own.open(keys)
    if (isNew || !this.#author) this.#becomeAuthor(place, keys)
    inBackground(() => this.refresh())
  }

  /** Null where another device writes it and it is set aside. */
  async #openDirectory(place: Followed, keys: ReadKeys): Promise<Bee | null> {
    const header = this.#header
    if (this.#isManager && place.headerEpoch === header?.epoch) return this.#openOwnDirectory(place, keys)
    if (!header) return null
    const writer = this.#writer(place.writer ?? header.directoryWriter)
    return this.options.cores.openOthers({ ...directoryOf(keys), key: bytesOf(place.core), writer })
  }

  #openOwnDirectory(place: Followed, keys: ReadKeys): Promise<Bee> {
    const isFirst = place.core === this.#header?.directoryCore
    const name = isFirst ? 'directory' : `directory/${place.headerEpoch}`
    const keyPair = this.#keyPair(name, isFirst ? place.headerEpoch : place.epoch)
    return this.options.cores.openOwn({ ...directoryOf(keys), keyPair })
  }

  /** A manager, with its account where that is known. */
  #writer(deviceId: DeviceId): OthersBee['writer'] {
    return { deviceId, accountId: this.options.accountOf(deviceId) }
  }

  #becomeAuthor(place: Followed, keys: ReadKeys): void {
    const { membership, identity, authority } = this.options
    const { poolId, poolName } = membership
    const poolSecretKey = this.options.poolSecretKey()
    const isOurs = this.#isManager && place.headerEpoch === this.#header?.epoch
    if (!isOurs || !poolSecretKey || !this.#bee || !this.#envelopes) return
    const poolKey = keyPairFromSecretKey(poolSecretKey)
    if (!equalBytes(poolKey.publicKey, authority.key)) return
    const self = { poolId, name: poolName, deviceId: identity.deviceId, generation: authority.generation }
    this.#author = new PoolAuthor(poolKey, this.#bee, this.#envelopes.bee, keys, self)
  }

  /** Reads the directory if it has grown, and opens new bees in it. The manager then brings it up to date. */
  async refresh(): Promise<void> {
    await this.#read()
    if (this.author && this.#readFrom?.bee === this.#bee) await this.#putInOrder(this.author)
  }

  async #read(): Promise<void> {
    const bee = this.#bee
    // A writer that truncated its core (a fork) is no longer followed.
    if (!bee || bee.core.fork > 0) return
    // Nor is one whose pool has another owner now, or none: what was read so far stays.
    if (!this.#isCurrent && this.#directory) return
    const readFrom = this.#readFrom
    if (readFrom?.bee === bee && bee.version <= readFrom.version) return
    const directory = await readDirectory(bee)
    if (!directory) return
    this.#readFrom = { bee, version: directory.version }
    this.#directory = directory
    await this.options.memberBees.follow(directory, this.options.ring)
    this.options.onChange()
  }

  /**
   * Records our own statement, removes unlinked devices, and starts a new epoch if a device holds keys that
   * it should not have.
   */
  async #putInOrder(author: PoolAuthor): Promise<void> {
    const { ring, identity, isListed, nowMs, own } = this.options
    if (own.statement) await author.recordStatement(identity.deviceId, signedToText(own.statement))
    const devices = [...(this.#directory?.devices.values() ?? [])]
    const unlinked = devices.filter(
      ({ accountId, deviceId }) => deviceId !== identity.deviceId && !isListed(accountId, deviceId),
    )
    if (unlinked.length > 0) await author.edits.removeDevices(unlinked.map(({ deviceId }) => deviceId))
    await this.#read()
    const directory = this.#directory
    const envelopes = this.#envelopes
    const bee = this.#bee
    const current = await envelopes?.current()
    if (!directory || !envelopes || !bee || !current || !this.#header) return
    const isBegun = (ring.newest?.epoch ?? 0) > current.current
    if (!isBegun && !(await isEpochOver(directory, envelopes, current.current))) return
    const { epoch: headerEpoch, generation } = this.#header
    // An empty `core` differs from the header's, so the key pair is derived from the epoch.
    const openDirectory = (keys: ReadKeys): Promise<Bee> =>
      this.#openOwnDirectory({ headerEpoch, generation, epoch: keys.epoch, core: '' }, keys)
    await startEpoch({ ring, envelopes, bee, directory, openDirectory, nowMs: nowMs() }, current)
    await this.#follow()
    await this.refresh()
  }

  /** Where the directory is that this install follows. */
  get place(): Followed | null {
    return this.#followed
  }

  /** All records at a place that another device wrote; null where its core is set aside or its keys are not here. */
  async recordsAt(place: Followed): Promise<DirectorySnapshot['records'] | null> {
    const keys = this.options.ring.of(place.epoch)
    if (!keys || !place.writer) return null
    const writer = this.#writer(place.writer)
    const bee = await this.options.cores.openOthers({ ...directoryOf(keys), key: bytesOf(place.core), writer })
    return bee && recordsIn(bee)
  }

  /** All records, for a backup; null before the current directory was read. */
  async snapshot(): Promise<DirectorySnapshot | null> {
    const place = this.#followed
    const bee = this.#bee
    if (!place || !bee || this.#readFrom?.bee !== bee) return null
    const records = await recordsIn(bee)
    return { headerEpoch: place.headerEpoch, epoch: place.epoch, version: bee.version, records }
  }

  #keyPair(name: string, epoch: number): KeyPair {
    return coreKeyPair(this.options.identity.deviceSeed, this.options.membership.poolId, name, epoch)
  }
}

/** Whether a place is one that was followed before: headers and epochs only go up. */
function isBefore(place: Followed, known: Followed): boolean {
  if (place.generation !== known.generation) return place.generation < known.generation
  return place.headerEpoch < known.headerEpoch || place.epoch < known.epoch
}

function directoryOf(keys: ReadKeys): Pick<OwnBee, 'audience' | 'encryptionKey' | 'epoch'> & { kind: 'directory' } {
  return { kind: 'directory', encryptionKey: bytesOf(keys.poolKey), audience: 'everyone', epoch: keys.epoch }
}

async function recordsIn(bee: Bee): Promise<DirectorySnapshot['records']> {
  const stored = (await bee.list('v1/', z.unknown())).filter(({ key }) => key !== 'meta')
  return stored.map(({ key, value }) => ({ key: `v1/${key}`, value }))
}
