import { describe, expect, it } from 'vitest'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import { hasPlace, isPresent, refusalOfAccount, refusalOfStanding, standingIn, type Standing } from './standing.ts'

const poolId = 'aa'.repeat(32) as PoolId
const place = { poolId, poolName: 'Friends', role: 'member' } as const
const stale: Standing = { ...place, state: 'stale', silentDays: 15 }

describe('how somebody stands', () => {
  it.each([
    ['active', true, null],
    ['provisional', true, null],
    ['suspended', false, 'member_suspended'],
    ['lapsed', false, 'provisional_lapsed'],
  ] as const)('%s', (state, isIn, code) => {
    expect(isPresent(state)).toBe(isIn)
    expect(refusalOfAccount(state, 'Friends')?.code ?? null).toBe(code)
    expect(refusalOfStanding({ ...place, state })?.code ?? null).toBe(code)
  })

  it('names the pool and the days in the refusal', () => {
    expect(refusalOfAccount('suspended', 'Friends')?.message).toContain('"Friends"')
    expect(refusalOfStanding(stale)).toMatchObject({ code: 'directory_stale', details: { days: 15 } })
    expect(isPresent('stale')).toBe(false)
  })

  it('is nothing for an account that is not in the pool', () => {
    expect(refusalOfAccount(null, 'Friends')?.code).toBe('not_admitted')
  })
})

describe('a caller', () => {
  const caller = (...standings: Standing[]) => ({
    ...{ deviceId: 'ef'.repeat(32) as DeviceId, accountId: 'ab'.repeat(32) as AccountId, isOwnAccount: false },
    standings,
  })

  it('has a place where one pool of several knows it', () => {
    expect(hasPlace(caller())).toBe(false)
    expect(hasPlace(caller(stale))).toBe(false)
    expect(hasPlace(caller(stale, { ...place, state: 'provisional' }))).toBe(true)
  })

  it('stands in the pools it is in, and in no other', () => {
    expect(standingIn(caller(stale), poolId)).toBe(stale)
    expect(standingIn(caller(stale), 'bb'.repeat(32) as PoolId)).toBeNull()
  })
})
