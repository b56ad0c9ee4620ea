import { expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { promptRequest } from '../protocol/testing/service-bench.ts'
import { tooLong, withLength } from './too-long.ts'

const estimates = new PromptEstimates()
const long = promptRequest('word '.repeat(3_000))

it('says how long a prompt is that nobody has counted, and never that it would fit', () => {
  const error = tooLong(long, 2_048, estimates)
  expect(error).toMatchObject({ code: 'context_too_long', details: { limit: 2_048, tokens: estimates.likely(long) } })
  expect(error.message).toContain('2048')
  expect(error.message).toContain(String(estimates.likely(long)))
  expect(tooLong(promptRequest('短'), 2_048, estimates)).toMatchObject({ details: { tokens: 2_049 } })
})

it('adds to the refusal of an engine only what is missing', () => {
  const counted = kithError('context_too_long', { limit: 2_048, tokens: 2_900 })
  expect(withLength(counted, long, estimates)).toBe(counted)
  const uncounted = kithError('context_too_long', { limit: 2_048 })
  expect(withLength(uncounted, long, estimates)).toEqual(tooLong(long, 2_048, estimates))
  const other = kithError('engine_refused', { engine: 'Ollama', reason: 'no' })
  expect(withLength(other, long, estimates)).toBe(other)
})
