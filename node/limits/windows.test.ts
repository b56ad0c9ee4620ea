import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowAt, type WindowKind } from './windows.ts'

const kinds = ['minute', 'hour', 'day', 'month'] as const
const zones = [
  'UTC',
  'Europe/Vienna',
  'America/New_York',
  'America/Havana',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Atlantic/Azores',
] as const
const hourMs = 3_600_000
const anyInstant = fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2036, 0, 1) })
const anyWindow = fc.record({ kind: fc.constantFrom(...kinds), zone: fc.constantFrom(...zones), atMs: anyInstant })

describe('windows', { retry: 0 }, () => {
  it('tile time without gap or overlap, in every zone', () => {
    fc.assert(
      fc.property(anyWindow, ({ kind, zone, atMs }) => {
        const window = windowAt(kind, zone, atMs)
        expect(window.startMs).toBeLessThanOrEqual(atMs)
        expect(window.endMs).toBeGreaterThan(atMs)
        // Every instant of it is in it alone, and the neighbours touch it.
        for (const insideMs of [window.startMs, Math.floor((window.startMs + window.endMs) / 2), window.endMs - 1]) {
          expect(windowAt(kind, zone, insideMs)).toEqual(window)
        }
        expect(windowAt(kind, zone, window.endMs).startMs).toBe(window.endMs)
        expect(windowAt(kind, zone, window.startMs - 1).endMs).toBe(window.startMs)
      }),
      { numRuns: 600 },
    )
  })

  it('tile the hours around every clock change of a year', () => {
    for (const zone of zones) {
      for (const month of [2, 3, 8, 9, 10]) {
        let atMs = Date.UTC(2026, month, 1)
        while (atMs < Date.UTC(2026, month + 1, 8)) {
          const { startMs } = windowAt('day', zone, atMs)
          for (let edgeMs = startMs - 2 * hourMs; edgeMs < startMs + 4 * hourMs;) {
            const { endMs } = windowAt('hour', zone, edgeMs)
            expect(windowAt('hour', zone, endMs).startMs, `${zone} at ${new Date(endMs).toISOString()}`).toBe(endMs)
            edgeMs = endMs
          }
          atMs = windowAt('day', zone, atMs).endMs
        }
      }
    }
  })

  it('give days of clock changes 23 and 25 hours', () => {
    expect(hoursOf('day', 'Europe/Vienna', '2026-03-29T12:00:00Z')).toBe(23)
    expect(hoursOf('day', 'Europe/Vienna', '2026-10-25T12:00:00Z')).toBe(25)
    // Midnight comes twice there.
    expect(hoursOf('day', 'America/Havana', '2026-11-01T12:00:00Z')).toBe(25)
    // And not at all here.
    expect(hoursOf('day', 'Asia/Beirut', '2026-03-29T12:00:00Z')).toBe(23)
  })

  it('end months where the month of the zone ends', () => {
    const february = windowAt('month', 'Europe/Vienna', Date.parse('2028-02-29T22:59:59Z'))
    expect(new Date(february.startMs).toISOString()).toBe('2028-01-31T23:00:00.000Z')
    expect(new Date(february.endMs).toISOString()).toBe('2028-02-29T23:00:00.000Z')
    expect(hoursOf('month', 'UTC', '2026-12-31T23:59:59Z')).toBe(31 * 24)
  })

  it('cut an hour in two where the clock changes by half an hour', () => {
    const hours = ['2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'].map((at) =>
      hoursOf('hour', 'Australia/Lord_Howe', at),
    )
    expect(hours).toEqual([1, 0.5])
  })

  it('carry their kind and beginning as their name', () => {
    const { id, startMs } = windowAt('day', 'UTC', Date.parse('2026-11-25T22:00:00Z'))
    expect(id).toBe(`day/${startMs}`)
  })
})

function hoursOf(kind: WindowKind, zone: string, at: string): number {
  const { startMs, endMs } = windowAt(kind, zone, Date.parse(at))
  return (endMs - startMs) / hourMs
}
