import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../base/log.ts'
import { importModel } from './model-import.ts'
import { ModelStore } from './model-store.ts'
import { writeTinyModel } from '../testing/tiny-model.ts'

const never = new AbortController().signal

describe('ModelStore', () => {
  let folder: string
  let store: ModelStore

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-store-'))
    store = await openStore()
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function openStore(): Promise<ModelStore> {
    const opened = new ModelStore(path.join(folder, 'models'), createLog({ level: 'silent' }))
    await opened.open()
    return opened
  }

  const importFrom = (file: string) => importModel(store, file, 8_192, never)

  it('keeps an imported model across restarts and leaves the original where it was', async () => {
    const original = await writeTinyModel(folder)
    expect(await importFrom(original)).toEqual({ ok: true, value: { name: 'Kith tiny' } })
    const again = await openStore()
    expect(again.list()).toEqual(store.list())
    expect(again.list()).toMatchObject([
      { name: 'Kith tiny', contextTokens: 2048, template: null, hasChatTemplate: false },
    ])
    await again.remove('Kith tiny')
    expect(await readdir(again.folder)).toEqual([])
    expect(await readdir(folder)).toContain('tiny.gguf')
  })

  it('takes the same file once, and another file of the same name beside it', async () => {
    await importFrom(await writeTinyModel(folder))
    expect(await importFrom(await writeTinyModel(folder))).toMatchObject({ value: { name: 'Kith tiny' } })
    expect(await importFrom(await writeTinyModel(folder, { endless: true }))).toMatchObject({
      value: { name: 'Kith tiny (2)' },
    })
    expect(store.list()).toHaveLength(2)
  })

  it('sees what another profile adds to the shared folder', async () => {
    const other = await openStore()
    await importFrom(await writeTinyModel(folder))
    await other.scan()
    expect(other.find('Kith tiny')).toBeDefined()
  })

  it('refuses files that are no models and keeps nothing of them', async () => {
    const file = path.join(folder, 'holiday.gguf')
    await writeFile(file, 'photographs')
    expect(await importFrom(file)).toMatchObject({
      ok: false,
      error: { code: 'model_corrupt', details: { file: 'holiday.gguf' } },
    })
    expect(await importFrom(path.join(folder, 'nothing.gguf'))).toMatchObject({
      ok: false,
      error: { code: 'storage_failed' },
    })
    expect(await readdir(store.folder)).toEqual([])
  })

  it('hides a model whose file or record was damaged, and deletes neither', async () => {
    await importFrom(await writeTinyModel(folder))
    const [model] = store.list()
    if (!model) throw new Error('nothing was imported')
    await truncate(model.path, 1_000)
    await store.scan()
    expect(store.list()).toEqual([])
    await writeFile(`${model.path}.json`, '{"format": 7}')
    await store.scan()
    expect(store.list()).toEqual([])
    expect(await readdir(store.folder)).toHaveLength(2)
  })
})
