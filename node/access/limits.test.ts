import { expect, it } from 'vitest'
import { hasGatewayRole } from './gateway-role.ts'
import { holdsLimit, mayCarry, mayHold } from './limits.ts'

const own = { isOwnDevice: true, isGateway: false }
const gateway = { isOwnDevice: false, isGateway: true }
const other = { isOwnDevice: false, isGateway: false }

it('shares a key out among its account and the gateways, and a plan among all', () => {
  expect([own, gateway, other].map((holder) => holdsLimit('key', holder))).toEqual([true, true, false])
  expect([own, gateway, other].map((holder) => holdsLimit('member', holder))).toEqual([true, true, true])
})

it('lets only those hold parts of a limit who have a place in the pool', () => {
  const states = ['active', 'provisional', 'suspended', 'lapsed', 'stale', null] as const
  const expected = [true, true, false, false, false, false]
  expect(states.map((state) => mayHold('key', { ...own, state }))).toEqual(expected)
  expect(states.map((state) => mayHold('member', { ...other, state }))).toEqual(expected)
  expect(mayHold('key', { ...other, state: 'active' })).toBe(false)
})

it('lets a plan lease be fetched by those who speak for the member, and none for keys', () => {
  expect([own, gateway, other].map((carrier) => mayCarry('member', carrier))).toEqual([true, true, false])
  expect([own, gateway, other].map((carrier) => mayCarry('key', carrier))).toEqual([false, false, false])
})

it('counts a gateway only while its account is active', () => {
  const states = ['active', 'provisional', 'suspended', 'lapsed', null] as const
  expect(states.map((state) => hasGatewayRole({ isGateway: true }, state))).toEqual([true, false, false, false, false])
  expect(hasGatewayRole({ isGateway: false }, 'active')).toBe(false)
})
