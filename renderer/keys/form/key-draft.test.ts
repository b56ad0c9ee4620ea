import { describe, expect, it } from 'vitest'
import type { KeyChoice } from '../../../node/contract/keys.ts'
import { changeOf, dateText, draftOf, newDraft, readDraft, type KeyDraft } from './key-draft.ts'

const nowMs = new Date('2026-11-25T12:00:00').getTime()

const key: KeyChoice = {
  name: 'Notes',
  scopes: ['inference'],
  allowedModels: null,
  limits: { requestsPerMinute: 3 },
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
  expiresAtMs: new Date('2026-12-31T10:30:00').getTime(),
}

function typed(change: Partial<KeyDraft>): KeyDraft {
  return { ...newDraft(), name: 'Notes', ...change }
}

describe('what is typed about a key', () => {
  it('allows everything where nothing is limited', () => {
    const read = readDraft(typed({ name: '  Notes ' }), nowMs)
    expect(read).toEqual({
      choice: expect.objectContaining({
        name: 'Notes',
        allowedModels: null,
        limits: {},
        limitMode: 'enforced',
        expiresAtMs: null,
      }),
    })
  })

  it.each([
    ['no name', { name: '  ' }, 'name'],
    ['a name that is too long', { name: 'n'.repeat(61) }, 'name'],
    ['no right', { scopes: [] }, 'scopes'],
    ['none of the models', { models: [] }, 'models'],
    ['a limit of nothing', { limits: { ...newDraft().limits, tokensPerDay: '0' } }, 'limits'],
    ['half a question', { limits: { ...newDraft().limits, requestsPerMinute: '1.5' } }, 'limits'],
    ['a limit beyond the largest', { limits: { ...newDraft().limits, tokensPerDay: '1e13' } }, 'limits'],
    ['no date', { expiry: 'date', expiryDate: '' }, 'expiry'],
    ['a date gone by', { expiry: 'date', expiryDate: '2026-11-24' }, 'expiry'],
  ] as const)('is refused with the reason: %s', (_, change, problem) => {
    expect(readDraft(typed(change), nowMs)).toEqual({ problems: [problem] })
  })

  it('is refused with all reasons at once', () => {
    const limits = { ...newDraft().limits, tokensPerDay: '0' }
    expect(readDraft(typed({ name: '', models: [], limits }), nowMs)).toEqual({
      problems: ['name', 'models', 'limits'],
    })
  })

  it('holds to the end of the day that was chosen', () => {
    const read = readDraft(typed({ expiry: 'date', expiryDate: '2026-11-25' }), nowMs)
    expect('choice' in read && dateText(read.choice.expiresAtMs ?? 0)).toBe('2026-11-25')
  })

  it('changes nothing when nothing was touched, not even the hour a key ends', () => {
    const draft = draftOf(key)
    const read = readDraft(draft, nowMs)
    expect('choice' in read && changeOf(key, draft, read.choice)).toEqual({})
  })

  it('changes only what was touched', () => {
    const draft: KeyDraft = {
      ...draftOf(key),
      limits: { ...draftOf(key).limits, tokensPerDay: '5000' },
      expiry: 'never',
    }
    const read = readDraft(draft, nowMs)
    expect('choice' in read && changeOf(key, draft, read.choice)).toEqual({
      limits: { requestsPerMinute: 3, tokensPerDay: 5000 },
      expiresAtMs: null,
    })
  })
})
