import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Hyperbee from 'hyperbee'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError } from '../base/coded-error.ts'
import { kithError } from '../contract/errors.ts'
import { keyPairFromSeed } from '../crypto/keys.ts'
import type { Result } from '../contract/result.ts'
import { openStore } from './open-store.ts'
import { storageFailure } from './storage-error.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-store-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code)

/** Another process that opens the store and keeps it. */
const holder = `
import Corestore from 'corestore'
const store = new Corestore(process.argv[2], { wait: false })
await store.ready()
process.send('open')
setInterval(() => store, 60_000)
`

describe('what stores throw', () => {
  it('keeps its code where it has one of ours', () => {
    const full = new CodedError(kithError('records_full', { kind: 'member' }))
    expect(codeOf(storageFailure(full))).toBe('records_full')
  })

  it('is "in use" where another process holds the store, and only then', async () => {
    const script = join(import.meta.dirname, `.store-holder-${process.pid}.mjs`)
    await writeFile(script, holder)
    const other = fork(script, [directory])
    try {
      expect(await once(other, 'message')).toContain('open')
      expect(codeOf(await openStore(directory))).toBe('profile_in_use')
      other.kill('SIGKILL')
      await once(other, 'exit')
      const opened = await openStore(directory)
      expect(codeOf(opened)).toBe('ok')
      if (opened.ok) await opened.value.close()
    } finally {
      other.kill('SIGKILL')
      await rm(script)
    }
  })

  it('is "in use" where this process holds it already', async () => {
    const first = await openStore(directory)
    expect(codeOf(await openStore(directory))).toBe('profile_in_use')
    if (first.ok) await first.value.close()
  })

  it('is "copied" for a store that was copied', async () => {
    const original = await openStore(join(directory, 'original'))
    if (original.ok) await original.value.close()
    await cp(join(directory, 'original'), join(directory, 'copy'), { recursive: true })
    expect(codeOf(await openStore(join(directory, 'copy')))).toBe('profile_copied')
  })

  it('is no lock where a block is not here, although its name has LOCK in it', async () => {
    const opened = await openStore(directory)
    if (!opened.ok) throw new Error(opened.error.message)
    const core = opened.value.get({ keyPair: keyPairFromSeed(new Uint8Array(32).fill(1)) })
    const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
    await core.ready()
    await core.append(Buffer.from('one'))
    await core.append(Buffer.from('two'))
    await core.clear(1, 2)
    const missing = await bee.getBySeq(1, { wait: false }).catch((cause: unknown) => cause)
    expect(missing).toMatchObject({ code: 'BLOCK_NOT_AVAILABLE' })
    expect(codeOf(storageFailure(missing))).toBe('storage_failed')
    await opened.value.close()
  })

  it('is a full disk by its code alone, however deep it lies', () => {
    const full = Object.assign(new Error('While appending to file'), { code: 'ENOSPC' })
    expect(codeOf(storageFailure(full))).toBe('disk_full')
    expect(codeOf(storageFailure(new Error('Batch was not applied', { cause: full })))).toBe('disk_full')
    expect(codeOf(storageFailure(new AggregateError([full], 'Batch was not applied')))).toBe('disk_full')
    expect(codeOf(storageFailure(new Error('No space left on device')))).toBe('storage_failed')
    expect(storageFailure(new Error('one', { cause: new Error('two') }))).toMatchObject({
      error: { details: { reason: 'one: two' } },
    })
  })

  it('is told although a cause leads back to its own error', () => {
    const failed = new Error('round and round')
    failed.cause = failed
    expect(codeOf(storageFailure(failed))).toBe('storage_failed')
  })
})
