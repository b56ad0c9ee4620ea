import { describe, expect, it } from 'vitest'
import { fakeMember, fakePool } from '../testing/fake-peer/fake-state.ts'
import { canEntrust, canManage, rightsOver } from './rights.ts'

const nothing = { canModerate: false, canChange: false }
const member = fakeMember('jonas')

describe('what may be done to a member', () => {
  it('is everything on the computer that keeps the records', () => {
    expect(rightsOver(fakePool('Friends'), member)).toEqual({ canModerate: true, canChange: true })
  })

  it('is judging and changing members for an admin, but not other admins', () => {
    const pool = fakePool('Friends', { role: 'admin', isManager: false })
    expect(rightsOver(pool, member)).toEqual({ canModerate: true, canChange: true })
    expect(rightsOver(pool, fakeMember('tom', { role: 'admin' }))).toEqual(nothing)
  })

  it('is only judging while the computer that keeps the records is away', () => {
    const away = { isManager: false, isManagerConnected: false }
    for (const role of ['admin', 'owner'] as const) {
      expect(rightsOver(fakePool('Friends', { role, ...away }), member)).toEqual({
        canModerate: true,
        canChange: false,
      })
    }
  })

  it('is everything for the owner on another computer, also to admins', () => {
    const pool = fakePool('Friends', { role: 'owner', isManager: false })
    expect(rightsOver(pool, fakeMember('tom', { role: 'admin' }))).toEqual({ canModerate: true, canChange: true })
  })

  it('is nothing for members, and nothing to the owner or to oneself', () => {
    expect(rightsOver(fakePool('Friends', { role: 'member', isManager: false }), member)).toEqual(nothing)
    expect(rightsOver(fakePool('Friends'), fakeMember('mira', { role: 'owner' }))).toEqual(nothing)
    expect(rightsOver(fakePool('Friends'), fakeMember('mira', { isSelf: true }))).toEqual(nothing)
  })
})

describe('what may be changed of a pool', () => {
  it('is all of it for its owner, and not what gives trust for an admin, while the manager is there', () => {
    expect(canEntrust(fakePool('Friends', { role: 'owner', isManager: false }))).toBe(true)
    const admin = fakePool('Friends', { role: 'admin', isManager: false })
    expect(canManage(admin)).toBe(true)
    expect(canEntrust(admin)).toBe(false)
  })

  it('is nothing while the manager is away, for members, and for an admin whose place is suspended', () => {
    expect(canManage(fakePool('Friends', { role: 'owner', isManager: false, isManagerConnected: false }))).toBe(false)
    expect(canManage(fakePool('Friends', { role: 'member', isManager: false }))).toBe(false)
    expect(canManage(fakePool('Friends', { role: 'admin', isManager: false, state: 'suspended' }))).toBe(false)
  })
})
