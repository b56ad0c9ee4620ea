import { beforeAll, describe, expect, it } from 'vitest'
import { kithError, type KithError } from '../../node/contract/errors.ts'
import type { LimitName } from '../../node/contract/limits.ts'
import { sentenceOf } from './error-sentence.ts'
import { formatWhen } from './format.ts'
import { startTexts } from './i18n.ts'

beforeAll(() => {
  startTexts()
})

describe('the sentence of a limit that is reached', () => {
  const resetsAtMs = Date.now() + 60_000
  /** With the figures that a peer sends along. */
  const reached = (limitName: LimitName, limit: number, left: number, needed: number): KithError =>
    kithError('limit_reached', { limitName, limit, left, needed, resetsAtMs, name: '', resetsAt: '' })

  it('says which one and from when on it may be asked again, in the time of the person', () => {
    const error = reached('requestsPerMinute', 1, 0, 1)
    expect(sentenceOf(error)).toBe(
      `The limit of 1 question a minute is reached. Ask again from ${formatWhen(resetsAtMs)} on.`,
    )
  })

  it('says of tokens what is left and what was needed', () => {
    const error = reached('tokensPerDay', 5_000, 30, 1_040)
    expect(sentenceOf(error)).toContain(
      'The limit of 5,000 tokens a day is reached: 30 left, and this question may need 1,040.',
    )
  })

  it('is that of the peer where its figures are missing', () => {
    const error = kithError('limit_reached', { limit: 1 })
    expect(sentenceOf(error)).toBe(error.message)
  })
})
