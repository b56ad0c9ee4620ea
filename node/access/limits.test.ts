import { expect, it } from 'vitest'
import { hasGatewayRole } from './gateway-role.ts'
import { holdsLimit, mayCarry, mayLook, trustOf, type HolderFacts } from './limits.ts'

const own = { isOwnDevice: true, isGateway: false }
const gateway = { isOwnDevice: false, isGateway: true }
const other = { isOwnDevice: false, isGateway: false }
const speakers = [own, gateway, other]
const states = ['active', 'provisional', 'suspended', 'lapsed', 'stale', null] as const

it('shares a key out among its account and the gateways, and a plan among those who may serve its member', () => {
  const holds = (kind: 'key' | 'member', role: 'member' | 'guest' | null): boolean[] =>
    speakers.map((holder) => holdsLimit(kind, { ...holder, role }))
  expect(holds('key', 'member')).toEqual([true, true, false])
  expect(holds('key', 'guest')).toEqual([true, true, false])
  expect(holds('member', 'member')).toEqual([false, true, true])
  expect(holds('member', 'guest')).toEqual([false, false, false])
  expect(holds('member', null)).toEqual([false, false, false])
})

const trusted = (kind: 'key' | 'member', facts: Partial<HolderFacts>): unknown =>
  trustOf(kind, { ...other, state: 'active', role: 'member', isSharing: true, ...facts })

it('believes a computer that shares only what the member has asked of it, and guests nothing of a plan', () => {
  expect(speakers.map((holder) => trusted('member', holder))).toEqual(['none', 'gateway', 'voucher'])
  for (const holder of speakers) expect(trusted('member', { ...holder, role: 'guest' })).toBe('none')
  for (const role of ['owner', 'admin', 'member'] as const) expect(trusted('member', { role })).toBe('voucher')
  expect(trusted('member', { isSharing: false })).toBe('none')
  expect(trusted('member', { role: null })).toBe('none')
  expect(trusted('member', { ...gateway, isSharing: false })).toBe('gateway')
})

it('believes devices of a key about it, then gateways, and nobody else', () => {
  expect(speakers.map((holder) => trusted('key', { ...holder, isSharing: false }))).toEqual(['own', 'gateway', 'none'])
  expect(trusted('key', { ...own, role: 'guest' })).toBe('own')
})

it('believes only those who have a place in the pool', () => {
  expect(states.map((state) => trusted('key', { ...own, state }))).toEqual([
    'own',
    'own',
    'none',
    'none',
    'none',
    'none',
  ])
  const ofMember = ['voucher', 'voucher', 'none', 'none', 'none', 'none']
  expect(states.map((state) => trusted('member', { state }))).toEqual(ofMember)
})

it('lets the devices of an account see how its limits stand', () => {
  expect(states.map((state) => mayLook({ ...own, state }))).toEqual([true, true, false, false, false, false])
  expect(mayLook({ ...gateway, state: 'active' })).toBe(false)
})

it('lets a plan lease be fetched by those who speak for the member, and none for keys', () => {
  expect(speakers.map((carrier) => mayCarry('member', carrier))).toEqual([true, true, false])
  expect(speakers.map((carrier) => mayCarry('key', carrier))).toEqual([false, false, false])
})

it('counts a gateway only while its account is active', () => {
  expect(states.map((state) => state !== 'stale' && hasGatewayRole({ isGateway: true }, state))).toEqual([
    ...[true, false, false, false],
    ...[false, false],
  ])
  expect(hasGatewayRole({ isGateway: false }, 'active')).toBe(false)
})
