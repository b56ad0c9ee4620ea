import { checkPassword } from '../accounts/credentials.ts'
import { verifyPoolHeader, type PoolHeader } from '../accounts/records/pool-header.ts'
import { poolIdOf } from '../accounts/ids.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Membership } from '../accounts/vault/vault-contents.ts'
import { holdsRole, roleNeeded } from '../access/pool-rights.ts'
import { Serial } from '../base/serial.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { equalBytes } from '../crypto/hash.ts'
import { keyPairFromSecretKey, type KeyPair } from '../crypto/keys.ts'
import type { PasswordCost } from '../crypto/password.ts'
import type { SignedBytes } from '../crypto/signed-record.ts'
import { adoptDirectory, newHeader } from './found-pool.ts'
import { nextEpoch } from './pool/key-ring.ts'
import type { Pool } from './pool/pool.ts'
import { openBackup, sealBackup, type BackupContents } from './pool-backup.ts'
import type { DirectorySnapshot } from './pool/directory-snapshot.ts'
import type { Pools } from './pools.ts'
import { directoryKeys, poolRecordSchema } from './pool/records.ts'
import { newReadKeys } from './pool/rotation.ts'
import { signedFromText, signedToText } from './pool/signed-text.ts'

export interface PoolBackupsOptions {
  readonly vault: Vault
  readonly nowMs: () => number
  /** How long a restore waits for devices of the pool that may hold newer records; in milliseconds. */
  readonly hearMs?: number
  /** Cheaper in tests. */
  readonly passwordCost?: PasswordCost
}

const defaultHearMs = 8_000
/** Once a device is connected, a pause this long without changes ends the wait. */
const quietMs = 1_500

/** Backs up pools for their owner, and makes this device the manager of a restored one. */
export class PoolBackups {
  readonly #serial = new Serial()

  constructor(
    private readonly pools: Pools,
    private readonly options: PoolBackupsOptions,
  ) {}

  /** The pool's key, its directory and its read keys, encrypted under `password`. */
  async backUp(poolId: PoolId, password: string): Promise<Result<{ text: string }>> {
    const { vault, nowMs, passwordCost } = this.options
    const pool = this.pools.get(poolId)
    if (!pool) return fail('pool_unknown')
    if (!holdsRole(pool.standing(vault.accountId), 'owner')) return { ok: false, error: roleNeeded('owner', pool.name) }
    const valid = checkPassword(password)
    if (!valid.ok) return valid
    const snapshot = await snapshotOf(pool)
    const { poolSecretKey } = pool.membership
    if (!snapshot || !poolSecretKey || !pool.signedHeader) return fail('pool_owner_only', { pool: pool.name })
    const { headerEpoch, epoch, version, records } = snapshot
    const contents: BackupContents = {
      madeAtMs: nowMs(),
      owner: vault.accountId,
      poolSecretKey,
      header: signedToText(pool.signedHeader),
      place: { headerEpoch, epoch, version },
      successions: pool.authority.records.successions.map(signedToText),
      readKeys: pool.ring.all,
      records: [...records],
    }
    const sealed = await sealBackup(contents, password, passwordCost)
    return sealed.ok ? ok({ text: sealed.value }) : sealed
  }

  /**
   * Makes this device the manager of the pool, with the newest records it can get.
   *
   * It first waits for devices of the pool. If the manager is connected and has newer records, the restore
   * fails with `backup_outdated`. If it is away, newer records that others hold replace the backup's. The
   * former manager steps down when it receives the new header.
   */
  async restore(text: string, password: string): Promise<Result<{ poolId: PoolId }>> {
    const opened = await openBackup(text, password)
    if (!opened.ok) return opened
    const backup = opened.value
    const signed = signedFromText(backup.header)
    const poolKey = keyPairFromSecretKey(backup.poolSecretKey)
    const header = signed ? verifyPoolHeader(signed, () => poolKey.publicKey) : null
    if (!signed || !header || !isSignedBy(header, poolKey)) return fail('backup_malformed')
    if (nameIn(backup) === null) return fail('backup_malformed')
    if (backup.owner !== this.options.vault.accountId) return { ok: false, error: roleNeeded('owner', header.name) }
    return this.#serial.run(() => this.#restore(backup, header, signed))
  }

  async #restore(backup: BackupContents, header: PoolHeader, signed: SignedBytes): Promise<Result<{ poolId: PoolId }>> {
    const { vault, nowMs } = this.options
    const known = this.pools.get(header.pool)
    // This device is the manager already and has the whole directory.
    if (known?.ending) return { ok: false, error: known.ending }
    // The pool has had another owner since.
    if (known && known.authority.generation > backup.successions.length) return fail('backup_outdated')
    if (known?.author && (await snapshotOf(known))) return ok({ poolId: header.pool })
    const membership: Membership = {
      poolId: header.pool,
      poolName: nameIn(backup) ?? header.name,
      kind: header.kind,
      poolSecretKey: backup.poolSecretKey,
      inviteProof: null,
      joinedAtMs: known?.membership.joinedAtMs ?? nowMs(),
    }
    if (known) await this.pools.forget(known)
    const opened = await this.pools.open(membership)
    if (!opened.ok) return opened
    const { pool, store } = opened.value
    await pool.takeAuthority({ successions: successionsIn(backup), ending: null })
    const records = await this.#newestRecords(pool, backup, header, signed)
    const refusal = this.#refusalOf(pool, backup, records)
    if (!records || refusal) {
      await this.pools.forget(pool)
      const back = known ? await this.pools.open(known.membership) : await this.pools.forgetMembership(pool)
      return back.ok ? { ok: false, error: refusal ?? kithError('backup_outdated') } : back
    }
    // A new epoch of read keys too: the former manager's device may be stolen.
    await pool.ring.add(newReadKeys(nextEpoch(pool.ring.newest?.epoch ?? 0, nowMs())))
    const poolKey = keyPairFromSecretKey(backup.poolSecretKey)
    const lastEpoch = pool.header?.epoch ?? header.epoch
    const signer = { key: poolKey, generation: pool.authority.generation }
    const next = await newHeader(membership, signer, vault.identity, store, nowMs(), lastEpoch)
    await pool.takeOver(next, () => adoptDirectory(pool, vault, records, nowMs()))
    this.pools.connections.claim()
    return this.pools.remember(membership)
  }

  /** Why a pool that was heard of meanwhile cannot be restored: it is dissolved, has another owner, or newer records. */
  #refusalOf(pool: Pool, backup: BackupContents, records: DirectorySnapshot['records'] | null): KithError | null {
    if (pool.ending) return pool.ending
    const speaks = keyPairFromSecretKey(backup.poolSecretKey).publicKey
    return records && equalBytes(speaks, pool.authority.key) ? null : kithError('backup_outdated')
  }

  /** The newest records of the pool, or null if a connected manager has newer or unread ones. */
  async #newestRecords(
    pool: Pool,
    backup: BackupContents,
    header: PoolHeader,
    signed: SignedBytes,
  ): Promise<DirectorySnapshot['records'] | null> {
    const { deviceId } = this.options.vault.identity
    for (const keys of backup.readKeys) if (!pool.ring.of(keys.epoch)) await pool.ring.add(keys)
    // If this device made the backup, its cores are gone: following its old header would start them over.
    if (header.directoryWriter !== deviceId) await pool.followHeader(signed)
    this.pools.connections.claim()
    await this.#hear(pool)
    const heard = await snapshotOf(pool)
    const isNewer = heard !== null && isLater(heard, backup.place)
    const isWriterThere = this.pools.isManagerConnected(pool)
    const ownRecord = directoryKeys.devices + deviceId
    if (isWriterThere && (!heard || (isNewer && differ(heard.records, backup.records, ownRecord)))) return null
    return isNewer ? heard.records : backup.records
  }

  /** Waits until a device is connected and nothing has changed for `quietMs`, or until `hearMs` is over. */
  #hear(pool: Pool): Promise<void> {
    const { hearMs = defaultHearMs } = this.options
    return new Promise((resolve) => {
      let quiet: NodeJS.Timeout | undefined
      const end = (): void => {
        clearTimeout(deadline)
        clearTimeout(quiet)
        unsubscribe()
        resolve()
      }
      const look = (): void => {
        const isMet = this.pools.connections.in(pool.poolId).length > 0
        clearTimeout(quiet)
        if (isMet) quiet = setTimeout(end, Math.min(quietMs, hearMs))
      }
      const deadline = setTimeout(end, hearMs)
      const unsubscribe = this.pools.onChange(look)
      look()
    })
  }
}

/** Null if blocks are missing. */
function snapshotOf(pool: Pool): Promise<DirectorySnapshot | null> {
  return pool.exclusively(() => pool.snapshot()).catch(() => null)
}

function isLater(heard: DirectorySnapshot, place: BackupContents['place']): boolean {
  if (heard.headerEpoch !== place.headerEpoch) return heard.headerEpoch > place.headerEpoch
  if (heard.epoch !== place.epoch) return heard.epoch > place.epoch
  return heard.version > place.version
}

/** Whether two sets of records differ, ignoring the beat and this device's own record. */
function differ(left: DirectorySnapshot['records'], right: DirectorySnapshot['records'], ownRecord: string): boolean {
  const textOf = (records: DirectorySnapshot['records']): string =>
    JSON.stringify(records.filter(({ key }) => key !== directoryKeys.beat && key !== ownRecord))
  return textOf(left) !== textOf(right)
}

function successionsIn({ successions }: BackupContents): SignedBytes[] {
  return successions.flatMap((text) => signedFromText(text) ?? [])
}

function nameIn(backup: BackupContents): string | null {
  const record = backup.records.find(({ key }) => key === directoryKeys.pool)
  const pool = poolRecordSchema.safeParse(record?.value)
  return pool.success ? pool.data.name : null
}

/** The pool's own key signs until the pool is handed over; which key does then, the changes of owner say. */
function isSignedBy(header: PoolHeader, poolKey: KeyPair): boolean {
  return header.generation > 0 || header.pool === poolIdOf(poolKey.publicKey)
}
