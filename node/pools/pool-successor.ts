import type { Succession } from '../accounts/records/succession.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { Serial } from '../base/serial.ts'
import type { Log } from '../base/log.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { toHex } from '../crypto/encoding.ts'
import type { Readiness, Successor } from '../net/manager-messages.ts'
import type { Bee } from '../state/bee.ts'
import { adoptDirectory, newHeader } from './found-pool.ts'
import { heldKey, keepPoolKey, successorKey } from './pool-key.ts'
import type { DirectorySnapshot } from './pool/directory-snapshot.ts'
import { nextEpoch } from './pool/key-ring.ts'
import type { Pool } from './pool/pool.ts'
import {
  directoryKeys,
  followedSchema,
  localKeys,
  memberRecordSchema,
  poolRecordSchema,
  type Followed,
  type MemberRecord,
  type PoolRecord,
} from './pool/records.ts'
import { newReadKeys } from './pool/rotation.ts'
import type { Pools } from './pools.ts'

/** How long the directory may take to arrive up to where its manager has it. */
const readDeadlineMs = 6_000

export interface PoolSuccessorOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly nowMs: () => number
  readonly log: Log
}

/**
 * Takes pools over that this account is given.
 *
 * The key is made and kept here before the owner signs anything. Once the change of owner has come, this device keeps
 * the key in the vault, writes the directory anew and signs a header with itself in it. Each step may be repeated: what
 * was prepared stays until the last is done, and is looked at again at the next start.
 */
export class PoolSuccessor {
  readonly #serial = new Serial()
  /** Authorities that are settled here. */
  readonly #done = new Set<string>()

  constructor(
    private readonly pools: Pools,
    private readonly options: PoolSuccessorOptions,
  ) {
    pools.onChange(() => this.#look())
  }

  /** Answers a manager that wants to hand its pool over to this account. */
  async prepare(pool: Pool, wanted: Readiness): Promise<Result<Successor>> {
    const { vault, local } = this.options
    const standing = pool.standing(vault.accountId)
    const isFit = standing?.state === 'active' && (standing.role === 'member' || standing.role === 'admin')
    const isRead = isFit && vault.keepsPoolKeys && (await this.#hasRead(pool, wanted))
    const { place } = pool
    if (!isRead || !place) return fail('successor_unfit', { member: vault.username, pool: pool.name })
    const key = await successorKey(pool.poolId, vault)
    if (!key.ok) return key
    const writer = place.writer ?? pool.header?.directoryWriter
    await local.put(localKeys.successor(pool.poolId), { ...place, writer })
    return ok({ authority: toHex(key.value.publicKey) })
  }

  /** Whether this install reads the directory in time, as far as its manager has written it. */
  #hasRead(pool: Pool, { headerEpoch, epoch, version }: Readiness): Promise<boolean> {
    const isRead = async (): Promise<boolean> => {
      const own = await pool.exclusively(() => pool.snapshot()).catch(() => null)
      return own?.headerEpoch === headerEpoch && own.epoch === epoch && own.version >= version
    }
    return new Promise((resolve) => {
      const end = (hasRead: boolean): void => {
        clearTimeout(timer)
        unsubscribe()
        resolve(hasRead)
      }
      const look = (): void => void isRead().then((isSo) => (isSo ? end(true) : undefined))
      const timer = setTimeout(() => end(false), readDeadlineMs)
      const unsubscribe = this.pools.onChange(look)
      look()
    })
  }

  #look(): void {
    const { deviceId } = this.options.vault.identity
    for (const pool of this.pools.all()) {
      const { succession } = pool.authority
      if (succession?.manager !== deviceId || pool.ending || this.#done.has(succession.authority)) continue
      this.#serial
        .run(() => this.#take(pool, succession))
        .catch((cause: unknown) => this.options.log.error({ cause, pool: pool.poolId }, 'taking a pool over'))
    }
  }

  async #take(pool: Pool, succession: Succession): Promise<void> {
    const { vault, local, nowMs } = this.options
    if (this.#done.has(succession.authority)) return
    const key = heldKey(pool.poolId, vault, succession.authority)
    const place = await local.get(localKeys.successor(pool.poolId), followedSchema)
    if (!key || !place) {
      // It was taken over before, or by an install that this one is no copy of.
      this.#done.add(succession.authority)
      return
    }
    const kept = await keepPoolKey(pool, vault, key.secretKey)
    if (!kept.ok) return
    const records = await pool.exclusively(() => pool.recordsAt(place))
    if (!records) throw new Error('The directory was read before the pool was given')
    await pool.ring.add(newReadKeys(nextEpoch(pool.ring.newest?.epoch ?? 0, nowMs())))
    const signer = { key, generation: succession.generation }
    const after = pool.header?.epoch ?? 0
    const header = await newHeader(pool.membership, signer, vault.identity, pool.store, nowMs(), after)
    const next = handedOver(records, succession, place)
    await pool.takeOver(header, () => adoptDirectory(pool, vault, next, nowMs()))
    await local.remove(localKeys.successor(pool.poolId))
    this.#done.add(succession.authority)
    this.pools.connections.claim()
  }
}

/** The directory with its new owner. Who counted as the former manager hands the counts over to the new one. */
function handedOver(
  records: DirectorySnapshot['records'],
  { owner, formerOwner, authority, atMs }: Succession,
  { writer }: Followed,
): DirectorySnapshot['records'] {
  const asMember = (member: MemberRecord): MemberRecord => {
    const decidedAtMs = Math.max(member.decidedAtMs, atMs)
    if (member.accountId === owner) return { ...member, role: 'owner', state: 'active', decidedAtMs }
    // The founder came by no invite; this stands for one, so that they can leave.
    if (member.accountId === formerOwner) return { ...member, role: 'member', inviteId: authority, decidedAtMs }
    return member
  }
  const asPool = (pool: PoolRecord): PoolRecord => {
    const { coordinator, coordinatorBefore } = pool
    const times = (coordinatorBefore?.times ?? 0) + 1
    if (coordinator === null) return { ...pool, coordinatorBefore: { deviceId: writer ?? null, times } }
    const isFormer = coordinatorBefore?.deviceId === null
    return isFormer ? { ...pool, coordinatorBefore: { ...coordinatorBefore, deviceId: writer ?? null } } : pool
  }
  return records.map(({ key, value }) => {
    if (key === directoryKeys.pool) return { key, value: asPool(poolRecordSchema.parse(value)) }
    if (!key.startsWith(directoryKeys.members)) return { key, value }
    const member = memberRecordSchema.safeParse(value)
    return { key, value: member.success ? asMember(member.data) : value }
  })
}
