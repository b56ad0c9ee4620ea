import { describe, expect, it } from 'vitest'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import type { Caller } from '../protocol/machines.ts'
import { question, testPool } from '../protocol/testing/service-bench.ts'
import { remoteRefusal, type MemberState } from './admission.ts'

const gateway = 'ef'.repeat(32) as DeviceId
const own = 'ab'.repeat(32) as AccountId
const other = 'cd'.repeat(32) as AccountId

function refusal(
  options: {
    accountId?: AccountId
    isGateway?: boolean
    member?: MemberState | null
    caller?: 'active' | 'stale'
  } = {},
): string | null {
  const { accountId = other, isGateway = true, member = 'active', caller = 'active' } = options
  const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: caller } as const
  const asker: Caller = { deviceId: gateway, accountId: own, isOwnAccount: false, standings: [standing] }
  const request = question('hello', { consumer: { accountId, keyId: null } })
  const here = { isSharing: true, machine: 'ReservationQueue', isGateway: () => isGateway, memberState: () => member }
  return remoteRefusal(asker, request, here)?.code ?? null
}

describe('a question that a gateway asks for somebody else', () => {
  it('is answered where it has the role and that somebody has a place', () => {
    expect(refusal()).toBeNull()
    expect(refusal({ member: 'provisional' })).toBeNull()
    expect(refusal({ isGateway: false })).toBe('gateway_role_needed')
  })

  it('is refused for a member who is suspended or lapsed, and for whoever is none', () => {
    expect(refusal({ member: 'suspended' })).toBe('member_suspended')
    expect(refusal({ member: 'lapsed' })).toBe('provisional_lapsed')
    expect(refusal({ member: null })).toBe('not_admitted')
  })

  it('needs neither where the asker asks for the own account', () => {
    expect(refusal({ accountId: own, isGateway: false, member: null })).toBeNull()
    expect(refusal({ accountId: own, caller: 'stale' })).toBe('directory_stale')
  })
})
