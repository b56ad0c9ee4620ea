import { describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import { accountStanding, deviceStanding, type AccountFacts, type DeviceFacts } from './pool-standing.ts'

const dayMs = 86_400_000
const nowMs = 100 * dayMs

function account(facts: Partial<AccountFacts>, atMs = nowMs): unknown {
  const stranger = { member: null, isRefused: false, isShutOut: false, shown: null }
  const standing = accountStanding({ ...stranger, ...facts }, atMs)
  return standing && `${standing.role} ${standing.state}`
}

describe('the standing of an account', () => {
  const member = { role: 'admin', state: 'active' } as const
  const shown = { role: 'guest', isWithdrawn: false, firstSeenMs: nowMs } as const

  it('is what the directory says, until an admin shuts it out', () => {
    expect(account({ member, isRefused: true, shown })).toBe('admin active')
    expect(account({ member: { ...member, state: 'suspended' } })).toBe('admin suspended')
    expect(account({ member, isShutOut: true })).toBe('admin suspended')
  })

  it('is that of an invite for seven days, where no directory has decided', () => {
    expect(account({ shown })).toBe('guest provisional')
    expect(account({ shown }, nowMs + 7 * dayMs)).toBe('guest provisional')
    expect(account({ shown }, nowMs + 7 * dayMs + 1)).toBe('guest lapsed')
    expect(account({ shown, isShutOut: true })).toBe('guest suspended')
  })

  it('is none for strangers, for the refused, and where the invite was withdrawn', () => {
    expect(account({})).toBeNull()
    expect(account({ shown, isRefused: true })).toBeNull()
    expect(account({ shown: { ...shown, isWithdrawn: true }, isShutOut: true })).toBeNull()
  })
})

describe('the standing of a device', () => {
  const device = (facts: Partial<DeviceFacts>) =>
    deviceStanding({
      ...{ poolId: 'aa'.repeat(32) as PoolId, poolName: 'Friends' },
      ...{ account: { role: 'member', state: 'active' }, staleDays: null, isOpenWithoutDirectory: false },
      ...facts,
    })

  it('is that of its account', () => {
    expect(device({})).toMatchObject({ role: 'member', state: 'active', poolName: 'Friends' })
    expect(device({ account: null })).toBeNull()
  })

  it('is stale where the manager is silent, unless it is refused anyway', () => {
    expect(device({ staleDays: 15 })).toMatchObject({ role: 'member', state: 'stale', silentDays: 15 })
    const provisional = { role: 'guest', state: 'provisional' } as const
    expect(device({ staleDays: 15, account: provisional })).toMatchObject({ role: 'guest', state: 'stale' })
    for (const state of ['suspended', 'lapsed'] as const)
      expect(device({ staleDays: 15, account: { role: 'member', state } })).toMatchObject({ state })
  })

  it('is that of the owner before the directory has come', () => {
    expect(device({ account: null, isOpenWithoutDirectory: true })).toMatchObject({ role: 'owner', state: 'active' })
  })
})
