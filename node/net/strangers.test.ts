import { describe, expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import { Strangers } from './strangers.ts'

function id(number: number): DeviceId {
  return number.toString(16).padStart(64, '0') as DeviceId
}

describe('strangers', () => {
  it('have few places: the one that came first gives its own to the next', () => {
    const strangers = new Strangers()
    const closed: number[] = []
    for (let number = 0; number < 100; number++) strangers.add({ close: () => closed.push(number) })
    expect(strangers.count).toBe(32)
    expect(closed).toEqual(Array.from({ length: 68 }, (_, number) => number))
  })

  it('come a few at once, and then a few a second', () => {
    let nowMs = 0
    const strangers = new Strangers(() => nowMs)
    const come = (from: number, count: number): number =>
      Array.from({ length: count }, (_, index) => strangers.mayCome(id(from + index))).filter(Boolean).length
    expect(come(0, 20_000)).toBe(64)
    nowMs += 1_000
    expect(come(20_000, 20_000)).toBe(8)
  })

  it('come again only so often with one key', () => {
    let nowMs = 0
    const strangers = new Strangers(() => nowMs)
    const tries = Array.from({ length: 10 }, () => strangers.mayCome(id(1)))
    expect(tries.filter(Boolean)).toHaveLength(6)
    nowMs += 30_000
    expect(strangers.mayCome(id(1))).toBe(true)
  })
})
