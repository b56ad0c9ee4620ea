import { kithError } from '../../../node/contract/errors.ts'
import { planIdSchema } from '../../../node/contract/ids.ts'
import { defaultPlanId } from '../../../node/contract/pools.ts'
import { fail, ok } from '../../../node/contract/result.ts'
import type { Member, Pool } from '../../../node/contract/state.ts'
import { fakeIds } from './fake-ids.ts'
import type { FakePeer } from './fake-peer.ts'
import { fakePool } from './fake-state.ts'

const dayMs = 86_400_000
export const fakeLink = 'kith://join/AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789'

export function changePool(peer: FakePeer, poolId: string, change: (pool: Pool) => Pool): void {
  peer.change(
    'pools',
    peer.state.pools.map((pool) => (pool.poolId === poolId ? change(pool) : pool)),
  )
}

/** Pools, invites and members. */
export function teachPools(peer: FakePeer): void {
  function setMember(poolId: string, accountId: string, state: Member['state']): void {
    changePool(peer, poolId, (pool) => ({
      ...pool,
      members: pool.members.map((member) => (member.accountId === accountId ? { ...member, state } : member)),
    }))
  }

  peer.on('pool.create', ({ name }) => {
    const own = peer.state.pools[0]?.members ?? []
    const pool = fakePool(name, { members: own })
    peer.change('pools', [...peer.state.pools, pool])
    return { ok: true, value: { poolId: pool.poolId } }
  })
  peer.on('pool.inspectInvite', ({ link }) =>
    link === fakeLink
      ? {
          ok: true,
          value: {
            poolName: 'Book club',
            inviter: 'grace',
            role: 'member',
            expiresAtMs: Date.now() + 3 * dayMs,
            usesAllowed: 3,
          },
        }
      : fail('invite_malformed'),
  )
  peer.on('pool.invitePage', ({ link }) => ok({ fileName: 'Invite to Book club.html', text: link }))
  peer.on('pool.handOver', ({ poolId, accountId }) => {
    changePool(peer, poolId, (pool) => ({
      ...pool,
      role: 'member',
      isManager: false,
      members: pool.members.map((member) => ({ ...member, role: member.accountId === accountId ? 'owner' : 'member' })),
    }))
    return ok()
  })
  peer.on('pool.dissolve', ({ poolId }) => {
    changePool(peer, poolId, (pool) => ({
      ...pool,
      state: 'refused',
      isManager: false,
      refusal: kithError('pool_dissolved', { owner: 'ada', pool: pool.name }),
    }))
    return ok()
  })
  peer.on('pool.join', ({ link }) => {
    if (link !== fakeLink) return fail('invite_malformed')
    const pool = fakePool('Book club', { role: 'member', state: 'provisional', isManager: false })
    peer.change('pools', [...peer.state.pools, pool])
    return { ok: true, value: { poolId: pool.poolId } }
  })
  peer.on('pool.createInvite', ({ poolId, role, planId = defaultPlanId, usesAllowed, lifetimeMs }) => {
    const invite = {
      inviteId: fakeIds.invite(`${poolId}-${String(peer.sequence)}`),
      link: fakeLink,
      role,
      planId: planIdSchema.parse(planId),
      usesAllowed,
      usesSpent: 0,
      expiresAtMs: Date.now() + lifetimeMs,
      state: 'open' as const,
    }
    changePool(peer, poolId, (pool) => ({ ...pool, invites: [...pool.invites, invite] }))
    return { ok: true, value: invite }
  })
  peer.on('pool.revokeInvite', ({ poolId, inviteId }) => {
    changePool(peer, poolId, (pool) => ({
      ...pool,
      invites: pool.invites.map((invite) => (invite.inviteId === inviteId ? { ...invite, state: 'revoked' } : invite)),
    }))
    return ok()
  })
  peer.on('pool.suspendMember', ({ poolId, accountId }) => {
    setMember(poolId, accountId, 'suspended')
    return ok()
  })
  peer.on('pool.resumeMember', ({ poolId, accountId }) => {
    setMember(poolId, accountId, 'active')
    return ok()
  })
  peer.on('sharing.set', ({ isEnabled }) => {
    peer.change('sharing', { ...peer.state.sharing, isEnabled })
    return ok()
  })
}
