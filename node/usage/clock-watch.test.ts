import { expect, it } from 'vitest'
import type { AccountId, DeviceId } from '../contract/ids.ts'
import { ClockWatch } from './clock-watch.ts'

const hourMs = 3_600_000
const own = '00'.repeat(32) as AccountId
/** Devices are named `<account><number>`. */
const device = (name: string): DeviceId => name as DeviceId

function watch(): { clocks: ClockWatch; changes: () => number } {
  let changes = 0
  const clocks = new ClockWatch({
    accountId: own,
    accountOf: (deviceId) => (deviceId.startsWith('own') ? own : (deviceId.slice(0, 1) as AccountId)),
    machineName: (deviceId) => `Computer ${deviceId}`,
    onChange: () => (changes += 1),
  })
  return { clocks, changes: () => changes }
}

const said = (clocks: ClockWatch): unknown => clocks.problems().map(({ code, details }) => [code, details])

it('names whose clock differs, and by how much, until it is right', () => {
  const { clocks, changes } = watch()
  clocks.hear(device('a1'), 10 * hourMs + 60_000, 10 * hourMs)
  expect(said(clocks)).toEqual([])
  clocks.hear(device('a1'), 7 * hourMs, 10 * hourMs)
  expect(said(clocks)).toEqual([['clock_off', { machine: 'Computer a1', minutes: 180 }]])
  clocks.hear(device('a1'), 7 * hourMs + 1_000, 10 * hourMs)
  expect(changes()).toBe(1)
  clocks.hear(device('a1'), 10 * hourMs, 10 * hourMs)
  expect(said(clocks)).toEqual([])
  expect(changes()).toBe(2)
})

it('calls our own clock wrong only where two other accounts agree, and they are most', () => {
  const { clocks } = watch()
  const ahead = (name: string, hours: number): void => clocks.hear(device(name), hours * hourMs, 0)
  // One account with many computers, and our own ones, are one voice or none.
  for (const name of ['a1', 'a2', 'a3', 'own1', 'own2']) ahead(name, 3)
  expect(clocks.problems().map(({ code }) => code)).toEqual(Array(4).fill('clock_off'))
  ahead('b1', 5)
  expect(clocks.problems().every(({ code }) => code === 'clock_off')).toBe(true)
  ahead('b1', 3)
  expect(said(clocks)).toEqual([['own_clock_off', { minutes: 180, accounts: 2 }]])
  ahead('c1', 0)
  expect(clocks.problems()[0]?.code).toBe('own_clock_off')
  ahead('d1', 0)
  expect(clocks.problems().every(({ code }) => code === 'clock_off')).toBe(true)
})

it('remembers a bounded number of computers, and any time that a number can say', () => {
  const { clocks } = watch()
  for (let index = 0; index < 1_000; index++) clocks.hear(device(`x${index}`), 1e15 * index, 0)
  expect(clocks.problems()).toHaveLength(4)
})
