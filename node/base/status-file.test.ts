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

async function open(version = 1) {
  const log = createLog({ level: 'silent' })
  return take(await StatusFile.open({ path, schema, version, initial, log }))
}

describe('StatusFile', () => {
  it('starts with the initial value and brings back what was written', async () => {
    const first = await open()
    expect(first.value).toEqual(initial)
    take(await first.write({ wasSharing: true, runs: 1 }))
    expect((await open()).value).toEqual({ wasSharing: true, runs: 1 })
  })

  it('writes changes that overlap one after another, whole, and leaves no other file', async () => {
    const status = await open()
    const writes = Array.from({ length: 50 }, (_, runs) => status.write({ wasSharing: true, runs }))
    for (const written of await Promise.all(writes)) take(written)
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
    const [keptAside = ''] = await readdir(folder)
    expect(keptAside).toContain('damaged')
    expect(Buffer.from(content).equals(await readFile(join(folder, keptAside)))).toBe(true)
  })

  it('says that it could not write, keeps the value, and writes at the next try', async () => {
    const status = await open()
    await rm(folder, { recursive: true })
    expect((await status.write({ wasSharing: true, runs: 3 })).ok).toBe(false)
    await mkdir(folder)
    take(await status.write(status.value))
    expect((await open()).value.runs).toBe(3)
  })
})
