import { describe, expect, it } from 'vitest'
import { maxQuestionChars, refusalOf } from './refusal.ts'

const ready = { draft: 'Why?', hasModel: true, isAsking: false, isAnswering: false }

describe('the composer', () => {
  it('sends what fits, to the last character', () => {
    expect(refusalOf(ready)).toBeNull()
    expect(refusalOf({ ...ready, draft: 'a'.repeat(maxQuestionChars) })).toBeNull()
  })

  it.each([
    ['empty', { draft: ' \n' }],
    ['tooLong', { draft: 'a'.repeat(maxQuestionChars + 1) }],
    ['answering', { isAnswering: true }],
    ['asking', { isAsking: true }],
    ['noModel', { hasModel: false }],
    // Waiting would not help.
    ['tooLong', { draft: 'a'.repeat(maxQuestionChars + 1), isAnswering: true }],
  ] as const)('says why it does not send: %s', (refusal, change) => {
    expect(refusalOf({ ...ready, ...change })).toBe(refusal)
  })
})
