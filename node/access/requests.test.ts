import { describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import { refusalOfLocal, refusalOfPrompt, refusalOfRemote, type RemoteRequest } from './requests.ts'
import type { Standing } from './standing.ts'

const place = { poolId: 'aa'.repeat(32) as PoolId, poolName: 'Friends', role: 'member' } as const
const active: Standing = { ...place, state: 'active' }
const machine = { isSharing: true, name: 'Desk' }
const codeOf = (request: Partial<RemoteRequest>, isSharing = true): string | null =>
  refusalOfRemote({ standing: active, consumer: null, ...request }, { ...machine, isSharing })?.code ?? null

describe('a request of another device', () => {
  it('runs for everybody with a place in its pool', () => {
    expect(codeOf({})).toBeNull()
    expect(codeOf({ standing: { ...place, state: 'provisional' } })).toBeNull()
    expect(codeOf({ standing: null })).toBe('not_admitted')
    expect(codeOf({ standing: { ...place, state: 'suspended' } })).toBe('member_suspended')
    expect(codeOf({ standing: { ...place, state: 'lapsed' } })).toBe('provisional_lapsed')
    expect(codeOf({ standing: { ...place, state: 'stale', silentDays: 15 } })).toBe('directory_stale')
  })

  it('runs for another account where a gateway asks for a member', () => {
    expect(codeOf({ consumer: { isAskerGateway: true, state: 'active' } })).toBeNull()
    expect(codeOf({ consumer: { isAskerGateway: false, state: 'active' } })).toBe('gateway_role_needed')
    expect(codeOf({ consumer: { isAskerGateway: true, state: 'suspended' } })).toBe('member_suspended')
    expect(codeOf({ consumer: { isAskerGateway: true, state: 'lapsed' } })).toBe('provisional_lapsed')
    expect(codeOf({ consumer: { isAskerGateway: true, state: null } })).toBe('not_admitted')
  })

  it('hears of the switch last, so that only members learn of it', () => {
    expect(codeOf({}, false)).toBe('sharing_off')
    expect(codeOf({ standing: null }, false)).toBe('not_admitted')
    expect(codeOf({ consumer: { isAskerGateway: false, state: 'active' } }, false)).toBe('gateway_role_needed')
  })
})

describe('a request of this computer', () => {
  it('needs sharing for the key of somebody else alone', () => {
    expect(refusalOfLocal(false, { ...machine, isSharing: false })).toBeNull()
    expect(refusalOfLocal(true, machine)).toBeNull()
    expect(refusalOfLocal(true, { ...machine, isSharing: false })).toMatchObject({
      code: 'sharing_off',
      details: { machine: 'Desk' },
    })
  })
})

describe('a prompt for the gateway', () => {
  it('is routed for the other devices of its account, and their account alone', () => {
    expect(refusalOfPrompt({ isOwnAccount: true, isForOther: false })).toBeNull()
    expect(refusalOfPrompt({ isOwnAccount: false, isForOther: false })?.code).toBe('not_admitted')
    expect(refusalOfPrompt({ isOwnAccount: true, isForOther: true })?.code).toBe('gateway_role_needed')
  })
})
