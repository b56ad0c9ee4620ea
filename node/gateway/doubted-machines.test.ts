import { expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import { DoubtedMachines } from './doubted-machines.ts'

const hourMs = 3_600_000
const liar = 'ab'.repeat(32) as DeviceId

it('doubts a machine for an hour after a lie, for longer after many, and never for good', () => {
  let nowMs = 0
  const doubted = new DoubtedMachines(() => nowMs)
  expect(doubted.isDoubted(liar)).toBe(false)
  doubted.lied(liar)
  expect(doubted.isDoubted(liar)).toBe(true)
  nowMs += hourMs + 1
  expect(doubted.isDoubted(liar)).toBe(false)
  for (let index = 0; index < 1_000; index++) doubted.lied(liar)
  nowMs += 3 * hourMs
  expect(doubted.isDoubted(liar)).toBe(true)
  nowMs += 3 * hourMs + 1
  expect(doubted.isDoubted(liar)).toBe(false)
  // A clock that goes back makes nobody more of a liar.
  doubted.lied(liar)
  nowMs -= 1_000 * hourMs
  expect(doubted.isDoubted(liar)).toBe(true)
  expect(doubted.isDoubted('cd'.repeat(32) as DeviceId)).toBe(false)
})
