import { describe, expect, it } from 'vitest'
import type { Role } from '../contract/pools.ts'
import { holdsRole, refusalOfAction, type PoolAction } from './pool-rights.ts'
import type { AccountStanding } from './standing.ts'

const active = (role: Role): AccountStanding => ({ role, state: 'active' })

/** Who may do it to an ordinary member; every action has to be here. */
const neededFor: Record<PoolAction, 'owner' | 'admin'> = {
  rename: 'admin',
  setMember: 'admin',
  suspendMember: 'admin',
  resumeMember: 'admin',
  removeMember: 'admin',
  savePlan: 'admin',
  removePlan: 'admin',
  createInvite: 'admin',
  revokeInvite: 'admin',
  setGateway: 'owner',
  setCoordinator: 'owner',
  handOver: 'owner',
  dissolve: 'owner',
}

describe('what is done with a pool', () => {
  it.each(Object.entries(neededFor) as [PoolAction, 'owner' | 'admin'][])('%s needs the %s', (action, needed) => {
    const facts = { action, givenRole: null, targetRole: 'member' } as const
    const refused = (standing: AccountStanding | null) => refusalOfAction(standing, facts, 'Friends')
    const sentence = needed === 'owner' ? 'only the owner can' : 'only the owner or an admin can'
    expect(refused(active('owner'))).toBeNull()
    expect(refused(active('admin')) === null).toBe(needed === 'admin')
    for (const nobody of [active('member'), active('guest'), null]) {
      expect(refused(nobody)).toMatchObject({ code: 'pool_role_needed' })
      expect(refused(nobody)?.message).toContain(sentence)
    }
  })

  it('is for the owner alone where it makes an admin, or is about one', () => {
    const facts = { action: 'setMember', givenRole: null, targetRole: null } as const
    expect(refusalOfAction(active('admin'), { ...facts, givenRole: 'admin' }, 'Friends')).not.toBeNull()
    expect(refusalOfAction(active('admin'), { ...facts, targetRole: 'admin' }, 'Friends')).not.toBeNull()
    expect(refusalOfAction(active('owner'), { ...facts, targetRole: 'admin' }, 'Friends')).toBeNull()
  })

  it('counts a role only while its account is active', () => {
    for (const state of ['provisional', 'suspended', 'lapsed'] as const)
      expect(holdsRole({ role: 'admin', state }, 'admin')).toBe(false)
    expect(holdsRole(active('admin'), 'admin')).toBe(true)
    expect(holdsRole(active('admin'), 'owner')).toBe(false)
  })
})
