import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Result } from '../contract/result.ts'
import { createLog } from './log.ts'
import { StatusFile } from './status-file.ts'

const schema = z.object({ wasSharing: z.boolean(), runs: z.number().int() })
const initial = { wasSharing: false, runs: 0 }

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-status-'))
  path = join(folder, 'status.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function take<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

async function open(version = 1, debounceMs = 5) {
  const log = createLog({ level: 'silent' })
  return take(await StatusFile.open({ path, schema, version, initial, log, debounceMs }))
}

describe('StatusFile', () => {
  it('starts with the initial value and brings back what was set', async () => {
    const first = await open()
    expect(first.value).toEqual(initial)
    first.set({ wasSharing: true, runs: 1 })
    take(await first.close())
    expect((await open()).value).toEqual({ wasSharing: true, runs: 1 })
  })

  it('writes many changes once, whole, and leaves no other file', async () => {
    const status = await open(1, 60_000)
    for (let runs = 0; runs < 50; runs += 1) status.set({ wasSharing: true, runs })
    take(await status.flush())
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 1, value: { wasSharing: true, runs: 49 } })
    expect(await readdir(folder)).toEqual(['status.json'])
  })

  it.each([
    ['half a file', '{"version":1,"val'],
    ['a value of the wrong shape', '{"version":1,"value":{"runs":"many"}}'],
    ['a newer version', '{"version":2,"value":{"wasSharing":true,"runs":1}}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['a file that is far too large', ' '.repeat(1024 * 1024 + 1)],
  ])('keeps %s aside and starts afresh', async (_case, content) => {
    await writeFile(path, content)
    const status = await open()
    expect(status.value).toEqual(initial)
    expect(Buffer.from(content).equals(await readFile(status.keptAside ?? ''))).toBe(true)
  })

  it('says that it could not write, and writes at the next try', async () => {
    const status = await open(1, 60_000)
    await rm(folder, { recursive: true })
    status.set({ wasSharing: true, runs: 3 })
    expect((await status.flush()).ok).toBe(false)
    await mkdir(folder)
    take(await status.flush())
    expect((await open()).value.runs).toBe(3)
  })
})
