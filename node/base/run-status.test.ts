import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLog } from './log.ts'
import { RunStatus } from './run-status.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-run-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const previousRun = async (): Promise<unknown> =>
  z
    .object({ value: z.object({ previousRun: z.unknown() }) })
    .parse(JSON.parse(await readFile(join(folder, 'status.json'), 'utf8'))).value.previousRun

const run = (version: string): RunStatus =>
  new RunStatus({ path: join(folder, 'status.json'), version, log: createLog({ level: 'silent' }) })

describe('RunStatus', () => {
  it('tells a run that was stopped from one that was killed', async () => {
    const first = run('1')
    await first.start()
    expect(await previousRun()).toBeNull()
    await first.stop()

    const second = run('2')
    await second.start()
    expect(await previousRun()).toMatchObject({ version: '1', stoppedAtMs: expect.any(Number) as number })

    const third = run('3')
    await third.start()
    expect(await previousRun()).toMatchObject({ version: '2', stoppedAtMs: null })
    await third.stop()
    expect(JSON.parse(await readFile(join(folder, 'status.json'), 'utf8'))).toMatchObject({ version: 1 })
  })

  it('runs on when the file cannot be written, and says so', async () => {
    const status = run('1')
    await status.start()
    await rm(folder, { recursive: true })
    await status.stop()
    expect(status.health().state).toBe('degraded')
  })
})
