import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { endOnBug } from './end-on-bug.ts'
import type { Terminal } from './terminal.ts'

class FakeProcess extends EventEmitter {
  readonly exits: number[] = []
  exit(code: number): void {
    this.exits.push(code)
  }
}

describe('an error that nothing handles', () => {
  function bench(deadlineMs = 10_000) {
    const process = new FakeProcess()
    const notes: string[] = []
    const lines: string[] = []
    const terminal = { note: (line: string) => void notes.push(line) } as unknown as Terminal
    const log = createLog({ level: 'error' }, { write: (line) => void lines.push(line) })
    let ends = 0
    const failed = endOnBug({ process, terminal, log, deadlineMs, end: () => (ends += 1) })
    return { process, notes, lines, failed, ends: () => ends }
  }

  it.each(['uncaughtException', 'unhandledRejection'])('leaves a record and ends what runs (%s)', (event) => {
    const { process, notes, lines, failed, ends } = bench()
    process.emit(event, new Error('a bug'))
    expect(failed.aborted).toBe(true)
    expect(ends()).toBe(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 60,
      msg: 'a bug ended Kith',
      cause: { message: 'a bug', stack: expect.stringContaining('end-on-bug.test') },
    })
    expect(notes[0]).toMatch(/^kith: Something went wrong inside Kith/)
    expect(process.exits).toEqual([])
  })

  it('is recorded and changes nothing while the end is on its way', () => {
    const { process, notes, lines, ends } = bench()
    process.emit('uncaughtException', new Error('first'))
    process.emit('unhandledRejection', 'second')
    expect([lines.length, notes.length, ends()]).toEqual([2, 1, 1])
  })

  it('ends the process at the deadline where something does not close', async () => {
    const { process } = bench(20)
    process.emit('uncaughtException', new Error('a bug'))
    await expect.poll(() => process.exits).toEqual([70])
  })
})
