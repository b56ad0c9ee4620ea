import { expect, it } from 'vitest'
import { PrefillRates } from './prefill-rates.ts'

it('knows how fast a model reads from the prompts it has read, slow ones first', () => {
  const rates = new PrefillRates()
  expect(rates.of('m')).toBeNull()
  rates.learn('m', 4_000, 40_000)
  expect(rates.of('m')).toBe(100)
  // It still had nearly all of that in memory.
  rates.learn('m', 4_000, 400)
  expect(rates.of('m')).toBeLessThan(1_400)
  for (let count = 0; count < 8; count++) rates.learn('m', 4_000, 40_000)
  expect(rates.of('m')).toBeLessThan(110)
  expect(rates.of('other')).toBeNull()
})

it('learns nothing from short prompts, and forgets what is old', () => {
  let nowMs = 0
  const rates = new PrefillRates(() => nowMs)
  rates.learn('m', 20, 1_000)
  expect(rates.of('m')).toBeNull()
  rates.learn('m', 2_000, 1_000)
  nowMs = 25 * 3_600_000
  expect(rates.of('m')).toBeNull()
})
