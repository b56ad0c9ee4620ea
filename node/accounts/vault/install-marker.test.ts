import { cp, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkInstallMarker, markerFileName } from './install-marker.ts'

let folder: string
let profile: string

const check = async (profileDir: string, machine = 'this machine') => {
  const checked = await checkInstallMarker(profileDir, () => Promise.resolve(machine))
  if (!checked.ok) throw new Error(checked.error.message)
  return checked.value
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-marker-'))
  profile = join(folder, 'profile')
})
afterEach(() => rm(folder, { recursive: true }))

describe('the install marker', () => {
  it('stays the same from start to start, and when the profile folder is renamed', async () => {
    const fresh = await check(profile)
    expect(fresh.state).toBe('fresh')
    expect(await check(profile)).toEqual({ marker: fresh.marker, state: 'same' })
    await rename(profile, join(folder, 'renamed'))
    expect(await check(join(folder, 'renamed'))).toEqual({ marker: fresh.marker, state: 'same' })
  })

  it('changes in a copy, once, and not in the original', async () => {
    const original = await check(profile)
    const copy = join(folder, 'copy')
    await cp(profile, copy, { recursive: true, preserveTimestamps: true })
    const copied = await check(copy)
    expect(copied.state).toBe('copied')
    expect(copied.marker).not.toBe(original.marker)
    expect(await check(copy)).toEqual({ marker: copied.marker, state: 'same' })
    expect(await check(profile)).toEqual({ marker: original.marker, state: 'same' })
  })

  it('changes on another machine, even where the file looks the same', async () => {
    await check(profile)
    expect((await check(profile, 'another machine')).state).toBe('copied')
  })

  it('counts as copied when the file is torn or is something else', async () => {
    const path = join(profile, markerFileName)
    await check(profile)
    await truncate(path, 20)
    expect((await check(profile)).state).toBe('copied')
    await writeFile(path, '{"format":1}')
    expect((await check(profile)).state).toBe('copied')
    await writeFile(path, 'x'.repeat(10_000))
    expect((await check(profile)).state).toBe('copied')
  })

  it('is a coded failure where the profile cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    const checked = await checkInstallMarker(join(folder, 'file', 'profile'), () => Promise.resolve(''))
    expect(checked).toMatchObject({ ok: false, error: { code: 'storage_failed' } })
  })
})
