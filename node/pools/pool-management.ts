import type { AdminRecordKind } from '../accounts/records/admin-record.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { holdsRole, roleNeeded } from '../access/pool-rights.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, PoolId } from '../contract/ids.ts'
import { defaultPlanId } from '../contract/pools.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { AskedAction, ManagerAction } from '../net/manager-messages.ts'
import type { Bee } from '../state/bee.ts'
import { writeAdminRecord } from './pool/admin-records.ts'
import type { Answered, Managed } from './connections/manager-client.ts'
import type { Pool } from './pool/pool.ts'
import type { PoolAuthor } from './pool/pool-author.ts'
import { dissolvePool } from './dissolve-pool.ts'
import { handOver } from './hand-over.ts'
import { PoolSuccessor } from './pool-successor.ts'
import { checkRight } from './pool-rights.ts'
import type { Pools } from './pools.ts'
import { localKeys, type MemberRecord } from './pool/records.ts'

export interface PoolManagementOptions {
  readonly vault: Vault
  readonly local: Bee
  readonly nowMs: () => number
  readonly log: Log
}

/**
 * Performs what the owner and the admins of a pool do with it.
 *
 * The manager does it at once; any other device asks the manager. While the manager is away an admin can
 * still suspend, resume and remove members and revoke invites, by records in the admin's own bee that every
 * peer honours; everything else fails with `pool_manager_away`.
 */
export class PoolManagement {
  readonly #successor: PoolSuccessor

  constructor(
    private readonly pools: Pools,
    private readonly options: PoolManagementOptions,
  ) {
    this.#successor = new PoolSuccessor(pools, options)
    pools.answerAsks((pool, accountId, action) => this.#answer(pool, accountId, action))
  }

  async perform(poolId: PoolId, action: ManagerAction): Promise<Managed> {
    const pool = this.pools.get(poolId)
    if (!pool) return fail('pool_unknown')
    const done = await this.#perform(pool, action)
    // The link is kept on this device only: all members read the directory, so it must not hold links.
    if (done.ok && done.value) {
      await this.options.local.put(localKeys.inviteLinks + done.value.inviteId, done.value.link)
    }
    return done
  }

  async #perform(pool: Pool, action: ManagerAction): Promise<Managed> {
    if (pool.ending) return { ok: false, error: pool.ending }
    if (pool.author) return this.#carryOut(pool, this.options.vault.accountId, action)
    const right = checkRight(pool.standing(this.options.vault.accountId), action, pool)
    if (!right.ok) return right
    const asked = await this.pools.askManager(pool, action)
    // The connection ends with the pool, which may be before the answer has come.
    if (action.do === 'dissolve' && pool.refusal?.code === 'pool_dissolved') return ok(null)
    const isAway = !asked.ok && asked.error.code === 'pool_manager_away'
    return isAway ? this.#withoutManager(pool, action) : asked
  }

  /** Handles what another device asks of this one, mostly as the manager. */
  async #answer(pool: Pool, accountId: AccountId, action: AskedAction): Promise<Answered> {
    if (action.do === 'takeOver') {
      const isOwner = holdsRole(pool.standing(accountId), 'owner')
      return isOwner ? this.#successor.prepare(pool, action) : { ok: false, error: roleNeeded('owner', pool.name) }
    }
    const right = checkRight(pool.standing(accountId), action, pool)
    if (!right.ok) return right
    return pool.author ? this.#carryOut(pool, accountId, action) : fail('pool_manager_away', { pool: pool.name })
  }

  #carryOut(pool: Pool, accountId: AccountId, action: ManagerAction): Promise<Managed> {
    return pool.exclusively(async () => {
      // The directory may have been handed over while this step waited for its turn.
      const { author } = pool
      if (!author) return fail('pool_manager_away', { pool: pool.name })
      const done = await this.#write(pool, author, accountId, action)
      await pool.refresh()
      return done
    })
  }

  async #write(pool: Pool, author: PoolAuthor, accountId: AccountId, action: ManagerAction): Promise<Managed> {
    switch (action.do) {
      case 'rename':
        return nothing(await author.edits.rename(action.name))
      case 'setMember': {
        const set = await author.edits.setMember(action.accountId, action)
        if (set.ok && set.value.before.role === 'guest') await sealAnew(pool, author, set.value.after)
        return set.ok ? ok(null) : set
      }
      case 'suspendMember':
        // Connections are cut first, so that the member does not receive even the record of the suspension.
        this.#cut(pool, action.accountId)
        return nothing(await author.edits.setMemberState(action.accountId, 'suspended', this.#timeFor(pool, action)))
      case 'resumeMember':
        return nothing(await author.edits.setMemberState(action.accountId, 'active', this.#timeFor(pool, action)))
      case 'removeMember':
        this.#cut(pool, action.accountId)
        return nothing(
          await author.edits.removeMember(action.accountId, { isRefused: true, atMs: this.#timeFor(pool, action) }),
        )
      case 'savePlan':
        return nothing(await author.edits.savePlan(action.plan))
      case 'removePlan':
        return nothing(await author.edits.removePlan(action.planId, this.options.nowMs()))
      case 'setGateway':
        return nothing(await author.edits.setGateway(action.deviceId, action.isGateway))
      case 'setCoordinator':
        return nothing(await author.edits.setCoordinator(action.deviceId))
      case 'revokeInvite':
        return nothing(await author.edits.revokeInvite(action.inviteId))
      case 'handOver':
        return handOver(pool, action.accountId, this.pools.connections.in(pool.poolId), this.options)
      case 'dissolve':
        return dissolvePool(pool, this.options.vault, this.options.nowMs())
      case 'createInvite': {
        const planId = action.planId ?? defaultPlanId
        const known = await author.edits.checkPlan(planId)
        if (!known.ok) return known
        const inviter = pool.directory?.members.get(accountId)?.username ?? this.options.vault.username
        const { record, link } = await author.createInvite({ ...action, planId, inviter, nowMs: this.options.nowMs() })
        const { inviteId, usesAllowed, expiresAtMs } = record
        return ok({ inviteId, link, role: action.role, planId, usesAllowed, expiresAtMs })
      }
    }
  }

  /** Writes an admin's decision into the admin's own bee, where every peer honours it. */
  async #withoutManager(pool: Pool, action: ManagerAction): Promise<Managed> {
    const decision = decisionOf(action)
    const own = pool.bees.own('member')
    if (!decision || !own) return fail('pool_manager_away', { pool: pool.name })
    if (decision.kind === 'revokeInvite') {
      if (!pool.directory?.invites.has(decision.target)) return fail('invite_unknown')
    } else {
      const accountId = decision.target as AccountId
      const member = pool.directory?.members.get(accountId)
      if (!member && !pool.seen(accountId)) return fail('member_unknown')
      if (member?.role === 'owner') return fail('pool_owner_stays')
      // A suspension that stands in the directory can only be lifted there.
      if (decision.kind === 'resume' && member?.state === 'suspended')
        return fail('pool_manager_away', { pool: pool.name })
      if (decision.kind !== 'resume') this.#cut(pool, accountId)
    }
    const { device } = this.options.vault.identity
    const atMs =
      decision.kind === 'revokeInvite' ? this.options.nowMs() : this.#timeFor(pool, { accountId: decision.target })
    await writeAdminRecord(own.bee, device, { ...decision, pool: pool.poolId, atMs })
    await pool.refreshAdmins()
    return ok(null)
  }

  /** Now, or just after the last decision of an admin about this member, whose clock may be ahead of ours. */
  #timeFor(pool: Pool, { accountId }: { readonly accountId: string }): number {
    const decided = pool.directory?.members.get(accountId as AccountId)?.decidedAtMs ?? 0
    const decision = pool.decisions.members.get(accountId as AccountId)?.atMs ?? 0
    return Math.max(this.options.nowMs(), decided + 1, decision + 1)
  }

  #cut(pool: Pool, accountId: AccountId): void {
    if (pool.directory?.members.get(accountId)?.role !== 'owner') this.pools.connections.cut(accountId)
  }
}

/** Seals the read keys again for a former guest, who now gets the usage key. The reverse takes a new epoch. */
async function sealAnew(pool: Pool, author: PoolAuthor, { accountId, role }: MemberRecord): Promise<void> {
  for (const device of pool.directory?.devices.values() ?? [])
    if (device.accountId === accountId) await author.admitDevice({ ...device, role })
}

function decisionOf(action: ManagerAction): { kind: AdminRecordKind; target: string } | null {
  switch (action.do) {
    case 'suspendMember':
      return { kind: 'suspend', target: action.accountId }
    case 'resumeMember':
      return { kind: 'resume', target: action.accountId }
    case 'removeMember':
      return { kind: 'remove', target: action.accountId }
    case 'revokeInvite':
      return { kind: 'revokeInvite', target: action.inviteId }
    default:
      return null
  }
}

function nothing(result: Result<void>): Managed {
  return result.ok ? ok(null) : result
}
