import { createAcceptance, packProof } from '../accounts/records/acceptance.ts'
import { keyOf } from '../accounts/ids.ts'
import { openInviteLink } from '../accounts/records/invite-link.ts'
import { devicesPoolKeyPair } from '../accounts/vault/recovery-phrase.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Membership } from '../accounts/vault/vault-contents.ts'
import type { Log } from '../base/log.ts'
import type { PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { keyPairFromSecretKey } from '../crypto/keys.ts'
import type { MadeInvite, ManagerAction } from '../net/manager-messages.ts'
import type { Bee } from '../state/bee.ts'
import { foundPool, newHeader, newMembership } from './found-pool.ts'
import type { Managed } from './connections/manager-client.ts'
import { PoolBackups } from './pool-backups.ts'
import { PoolManagement } from './pool-management.ts'
import type { Pools } from './pools.ts'
import { maxPoolNameLength } from './pool/records.ts'

export interface PoolActionsOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly nowMs: () => number
  readonly log: Log
}

/** Creates, joins, leaves and manages pools for a person. */
export class PoolActions {
  readonly backups: PoolBackups
  readonly #management: PoolManagement

  constructor(
    private readonly pools: Pools,
    private readonly options: PoolActionsOptions,
  ) {
    this.backups = new PoolBackups(pools, options)
    this.#management = new PoolManagement(pools, options)
  }

  async create(name: string, kind: Membership['kind']): Promise<Result<{ poolId: PoolId }>> {
    const poolName = name.trim()
    if (poolName.length === 0 || poolName.length > maxPoolNameLength) return fail('pool_name_invalid')
    const { vault } = this.options
    const nowMs = this.options.nowMs()
    const { entropy } = vault.contents
    // The key of *My devices* is derived from the recovery phrase, so that a restore finds the same pool.
    const ownKey = kind === 'devices' && entropy ? devicesPoolKeyPair(entropy) : undefined
    const membership = newMembership(poolName, kind, nowMs, ownKey)
    const opened = await this.pools.open(membership)
    if (!opened.ok) return opened
    const { pool, store } = opened.value
    if (!membership.poolSecretKey) throw new Error('A new pool has its key')
    const poolKey = keyPairFromSecretKey(membership.poolSecretKey)
    const header = await newHeader(membership, { key: poolKey, generation: 0 }, vault.identity, store, nowMs)
    await foundPool(pool, header, { identity: vault.identity, username: vault.username, nowMs })
    this.pools.connections.claim()
    return this.pools.remember(membership)
  }

  /** Accepts an invite. The pool is usable as soon as any of its devices admits this one. */
  async join(link: string): Promise<Result<{ poolId: PoolId }>> {
    const nowMs = this.options.nowMs()
    const invite = openInviteLink(link, nowMs)
    if (!invite.ok) return invite
    const { certificate, signedCertificate, key } = invite.value
    const known = this.pools.get(certificate.pool)
    if (known?.ending) return { ok: false, error: known.ending }
    if (known && !known.refusal) return fail('pool_member_already', { pool: certificate.poolName })
    if (known) await this.pools.forget(known)
    const { identity } = this.options.vault
    const who = { account: identity.accountId, device: identity.deviceId, acceptedAtMs: nowMs }
    const acceptance = createAcceptance(key, certificate, who)
    const membership: Membership = {
      poolId: certificate.pool,
      poolName: certificate.poolName,
      kind: 'shared',
      poolSecretKey: null,
      inviteProof: packProof({ certificate: signedCertificate, acceptance }),
      joinedAtMs: nowMs,
    }
    const opened = await this.pools.open(membership, keyOf(certificate.writerDevice))
    if (!opened.ok) return opened
    this.pools.connections.claim()
    return this.pools.remember(membership)
  }

  /** Leaves a pool for the whole account, with all its devices. */
  async leave(poolId: PoolId): Promise<Result<void>> {
    const pool = this.pools.get(poolId)
    return pool ? this.pools.leave(pool) : fail('pool_unknown')
  }

  /** Performs an action of the owner or an admin; see PoolManagement. */
  perform(poolId: PoolId, action: ManagerAction): Promise<Managed> {
    return this.#management.perform(poolId, action)
  }

  /** Makes an invite. Its link is a secret: only the caller gets it. */
  async createInvite(
    poolId: PoolId,
    grant: Omit<Extract<ManagerAction, { do: 'createInvite' }>, 'do'>,
  ): Promise<Result<MadeInvite>> {
    const made = await this.perform(poolId, { do: 'createInvite', ...grant })
    if (!made.ok) return made
    if (!made.value) throw new Error('An invite that was made is answered')
    return ok(made.value)
  }
}
