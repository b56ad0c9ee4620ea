import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { codeOf, makeAccountFixture, valueOf, type AccountFixture } from './testing/account-fixture.ts'

const disk = vi.hoisted(() => ({ isFull: false }))

// The one fault that a temporary folder cannot have: writing files fails, all else is real.
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const open: typeof original.open = async (path, flags, mode) => {
    const handle = await original.open(path, flags, mode)
    if (disk.isFull && flags !== 'r') {
      handle.writeFile = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    }
    return handle
  }
  return { ...original, open }
})

const sam = { username: 'Sam', password: 'correct horse' }
let fixture: AccountFixture
beforeEach(async () => {
  fixture = await makeAccountFixture()
})
afterEach(async () => {
  disk.isFull = false
  await fixture.remove()
})

describe('a full disk', () => {
  it('loses nothing of a vault: the change did not happen, on disk or in memory', async () => {
    const { vault } = valueOf(await fixture.open().signUp(sam))
    const before = vault.contents
    disk.isFull = true
    expect(codeOf(await vault.update((contents) => ({ ...contents, deviceName: 'new' })))).toBe('disk_full')
    expect(vault.contents).toBe(before)
    disk.isFull = false
    expect(valueOf(await fixture.open().unlock(sam)).contents).toEqual(before)
    expect((await readdir(vault.directory)).sort()).toEqual(['account.json', 'vault.json'])
    expect(codeOf(await vault.update((contents) => ({ ...contents, deviceName: 'new' })))).toBe('ok')
  })

  it('leaves no half-made account', async () => {
    const store = fixture.open()
    disk.isFull = true
    expect(codeOf(await store.signUp(sam))).toBe('disk_full')
    disk.isFull = false
    expect(valueOf(await store.list())).toEqual([])
    expect(await readdir(join(fixture.profileDir, 'accounts'))).toEqual([])
    expect(codeOf(await store.signUp(sam))).toBe('ok')
  })
})
