import { describe, expect, expectTypeOf, it } from 'vitest'
import type { AccountState, Caller } from '../access/standing.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import { promptRequest, testPool } from '../protocol/testing/service-bench.ts'
import { refusalOf } from './admission.ts'
import type { ProcessorOptions } from './processor.ts'

const gateway = 'ef'.repeat(32) as DeviceId
const own = 'ab'.repeat(32) as AccountId
const other = 'cd'.repeat(32) as AccountId
const place = { poolId: testPool, poolName: 'Friends', role: 'member' } as const

function codeOf(
  options: {
    accountId?: AccountId
    isGateway?: boolean
    member?: AccountState | null
    isStale?: boolean
    isLocal?: boolean
    isSharing?: boolean
  } = {},
): string | null {
  const { accountId = other, isGateway = true, member = 'active', isStale = false, isSharing = true } = options
  const standing = isStale
    ? { ...place, state: 'stale' as const, silentDays: 15 }
    : { ...place, state: 'active' as const }
  const caller: Caller = { deviceId: gateway, accountId: own, isOwnAccount: false, standings: [standing] }
  const request = promptRequest('hello', { consumer: { accountId, keyId: null } })
  const facts = {
    isSharing: () => isSharing,
    machineName: () => 'Desk',
    isOwnAccount: (account: AccountId) => account === own,
    isGateway: () => isGateway,
    memberState: () => member,
  }
  return refusalOf(options.isLocal ? null : caller, request, facts)?.code ?? null
}

describe('a request that a gateway asks for somebody else', () => {
  it('is taken where it has the role and that somebody has a place', () => {
    expect(codeOf()).toBeNull()
    expect(codeOf({ member: 'provisional' })).toBeNull()
    expect(codeOf({ isGateway: false })).toBe('gateway_role_needed')
  })

  it('is refused for a member who is suspended or lapsed, and for whoever is none', () => {
    expect(codeOf({ member: 'suspended' })).toBe('member_suspended')
    expect(codeOf({ member: 'lapsed' })).toBe('provisional_lapsed')
    expect(codeOf({ member: null })).toBe('not_admitted')
  })

  it('needs neither where the asker asks for the own account', () => {
    expect(codeOf({ accountId: own, isGateway: false, member: null })).toBeNull()
    expect(codeOf({ accountId: own, isStale: true })).toBe('directory_stale')
  })
})

describe('a request of the gateway beside the processor', () => {
  it('is the owner’s, whether or not the computer shares, unless it has the key of somebody else', () => {
    expect(codeOf({ isLocal: true, accountId: own, isSharing: false })).toBeNull()
    expect(codeOf({ isLocal: true, accountId: other, isSharing: false })).toBe('sharing_off')
    expect(codeOf({ isLocal: true, accountId: other })).toBeNull()
  })
})

it('leaves nothing out that keeps a processor safe: only the length of its queue and its patience have defaults', () => {
  type Optional = { [K in keyof ProcessorOptions]-?: undefined extends ProcessorOptions[K] ? K : never }
  expectTypeOf<Optional[keyof ProcessorOptions]>().toEqualTypeOf<'limits' | 'patience'>()
})
