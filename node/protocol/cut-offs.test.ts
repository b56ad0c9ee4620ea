import { expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import { CutOffs } from './cut-offs.ts'

const eve = 'ee'.repeat(32) as DeviceId

it('a device that was cut off is refused for longer each time, and forgiven after an hour', () => {
  let nowMs = 1_000_000
  const cutOffs = new CutOffs(() => nowMs)
  const refusedMs = (): number => {
    const startedMs = nowMs
    while (cutOffs.isRefused(eve)) nowMs += 1_000
    return nowMs - startedMs
  }
  expect(cutOffs.isRefused(eve)).toBe(false)
  const times = Array.from({ length: 6 }, () => {
    cutOffs.add(eve, 'hostile_messages')
    return refusedMs()
  })
  expect(times).toEqual([10_000, 60_000, 300_000, 900_000, 900_000, 900_000])
  expect(cutOffs.list()).toMatchObject([{ deviceId: eve, code: 'hostile_messages' }])
  nowMs += 3_600_001
  expect(cutOffs.list()).toEqual([])
  cutOffs.add(eve, 'replies_unread')
  expect(refusedMs()).toBe(10_000)
})

it('a clock that is set back does not refuse for longer', () => {
  let nowMs = 10 * 3_600_000
  const cutOffs = new CutOffs(() => nowMs)
  cutOffs.add(eve, 'hostile_messages')
  nowMs = 0
  expect(cutOffs.isRefused(eve)).toBe(false)
})

it('only so many are remembered, and whoever listens hears of each', () => {
  const cutOffs = new CutOffs()
  let heard = 0
  cutOffs.onChange(() => (heard += 1))
  for (let index = 0; index < 1_000; index++)
    cutOffs.add(index.toString(16).padStart(64, '0') as DeviceId, 'messages_unread')
  expect(heard).toBe(1_000)
  expect(cutOffs.list()).toHaveLength(256)
})
