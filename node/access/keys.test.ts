import { describe, expect, it } from 'vitest'
import {
  keyStateAt,
  refusalOfKeyChange,
  refusalOfKeyPlace,
  refusalOfKeyUse,
  refusalOfMissingKey,
  refusalOfModel,
  refusalOfScope,
  refusalOfShownKey,
  type ShownKey,
} from './keys.ts'

describe('the state of a key', () => {
  it('ends with its time, unless it was switched off or revoked', () => {
    expect(keyStateAt({ state: 'enabled', expiresAtMs: null }, 5)).toBe('enabled')
    expect(keyStateAt({ state: 'enabled', expiresAtMs: 6 }, 5)).toBe('enabled')
    expect(keyStateAt({ state: 'enabled', expiresAtMs: 5 }, 5)).toBe('expired')
    expect(keyStateAt({ state: 'disabled', expiresAtMs: 5 }, 5)).toBe('disabled')
    expect(keyStateAt({ state: 'revoked', expiresAtMs: 5 }, 5)).toBe('revoked')
  })

  it.each([
    ['enabled', null, null],
    ['disabled', 'key_disabled', null],
    ['expired', 'key_expired', null],
    ['revoked', 'key_revoked', 'key_revoked'],
  ] as const)('%s decides about its use and its change', (state, use, change) => {
    expect(refusalOfKeyUse({ state, isOfPool: true })?.code ?? null).toBe(use)
    expect(refusalOfKeyUse({ state, isOfPool: false })?.code).toBe(use ?? 'key_foreign')
    expect(refusalOfKeyChange(state)?.code ?? null).toBe(change)
  })
})

describe('a key that is shown', () => {
  const codeOf = (key: Partial<ShownKey>): string | null => {
    const member = { state: 'enabled', isReplaced: false, isOwnAccount: false, account: 'active' } as const
    return refusalOfShownKey({ ...member, poolName: 'Friends', ...key })?.code ?? null
  }

  it('lets in whoever has a place in its pool', () => {
    expect(codeOf({})).toBeNull()
    expect(codeOf({ account: 'provisional' })).toBeNull()
    expect(codeOf({ account: 'suspended' })).toBe('member_suspended')
    expect(codeOf({ account: 'lapsed' })).toBe('provisional_lapsed')
  })

  it('is unknown where its account is, except the own one', () => {
    expect(codeOf({ account: null })).toBe('key_unknown')
    expect(codeOf({ account: null, isOwnAccount: true })).toBeNull()
    expect(codeOf({ account: 'suspended', isOwnAccount: true })).toBe('member_suspended')
  })

  it('is judged before its account, and a secret that was replaced counts as revoked', () => {
    expect(codeOf({ state: 'disabled', account: 'suspended' })).toBe('key_disabled')
    expect(codeOf({ isReplaced: true })).toBe('key_revoked')
    expect(codeOf({ isReplaced: true, state: 'disabled' })).toBe('key_revoked')
  })

  it('is checked on devices of its account and on gateways of its pool', () => {
    expect(refusalOfKeyPlace({ isInPool: true, servesAccount: true })).toBeNull()
    expect(refusalOfKeyPlace({ isInPool: true, servesAccount: false })?.code).toBe('key_not_here')
    expect(refusalOfKeyPlace({ isInPool: false, servesAccount: false })?.code).toBe('key_foreign')
  })

  it('is unknown only where all keys of its account are here', () => {
    expect(refusalOfMissingKey({ isAllKnown: true }).code).toBe('key_unknown')
    expect(refusalOfMissingKey({ isAllKnown: false })).toMatchObject({ code: 'key_not_ready', details: { seconds: 5 } })
  })
})

it('allows a bearer its scopes and models', () => {
  expect(refusalOfScope(['inference'], 'inference')).toBeNull()
  expect(refusalOfScope(['inference'], 'manage')).toMatchObject({
    code: 'key_scope_missing',
    details: { scope: 'manage' },
  })
  expect(refusalOfModel(null, { name: 'llama', engine: null })).toBeNull()
  expect(refusalOfModel(['llama'], { name: 'llama', engine: null })).toBeNull()
  expect(refusalOfModel([], { name: 'llama', engine: null })).toMatchObject({
    code: 'key_model_refused',
    details: { model: 'llama' },
  })
})
