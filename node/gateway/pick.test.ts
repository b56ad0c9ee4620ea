import { describe, expect, it } from 'vitest'
import { testPool } from '../protocol/testing/service-bench.ts'
import type { Candidate } from './candidates.ts'
import { pick } from './pick.ts'

describe('picking a machine', () => {
  const remote = (deviceId: string, isDoubted = false): Candidate => ({
    kind: 'remote',
    model: 'llama',
    isDoubted,
    machine: {
      deviceId: deviceId as never,
      serviceKey: new Uint8Array(32),
      name: deviceId,
      poolIds: [testPool],
      capabilities: null,
    },
  })
  const loads: Record<string, number> = { a: 3, b: 1, c: 2 }
  const load = (one: Candidate): number => (one.kind === 'local' ? 1 : (loads[one.machine.deviceId] ?? 0))

  it('never takes the busiest of three, whichever two it looks at', () => {
    const machines = ['a', 'b', 'c'].map((deviceId) => remote(deviceId))
    for (let step = 0; step < 100; step++) {
      const numbers = [step / 100, ((step * 7) % 100) / 100]
      const chosen = pick(machines, load, () => numbers.shift() ?? 0)
      expect(chosen?.kind === 'remote' && chosen.machine.deviceId).not.toBe('a')
    }
  })

  it('takes one that lied only where there is no other, however busy the others are', () => {
    const liar = remote('b', true)
    const chosen = (...machines: Candidate[]): Candidate | null => pick(machines, load, () => 0)
    expect(chosen(liar, remote('a'))).toMatchObject({ machine: { deviceId: 'a' } })
    const own: Candidate = { kind: 'local', processor: {} as never, model: 'llama' }
    expect(pick([liar, own], (one) => (one === liar ? 0 : 100))).toBe(own)
    expect(chosen(liar)).toBe(liar)
  })
})
