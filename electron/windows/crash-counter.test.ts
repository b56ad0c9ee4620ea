import { expect, it } from 'vitest'
import { CrashCounter } from './crash-counter.ts'

it('gives up on a page that keeps crashing, and forgets old crashes', () => {
  const counter = new CrashCounter(3, 60_000)
  expect([0, 1_000, 2_000].map((timeMs) => counter.note(timeMs))).toEqual([true, true, true])
  expect(counter.note(3_000)).toBe(false)
  expect(counter.note(100_000)).toBe(true)
})
