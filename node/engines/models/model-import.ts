import { constants, copyFile, link, realpath, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf, storageFailure } from '../../base/files.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { checkDiskSpace } from './disk-space.ts'
import { sha256OfFile } from './file-hash.ts'
import { readGgufHeader, type GgufHeader } from './gguf-header.ts'
import type { ModelStore } from './model-store.ts'

const overheadBytes = 64 * 1024 * 1024

/** Takes a GGUF file of any name into the store, by hard link where that works, else by copy. */
export async function importModel(
  store: ModelStore,
  fromPath: string,
  maxContextTokens: number,
  signal: AbortSignal,
): Promise<Result<{ name: string }>> {
  const header = await readGgufHeader(fromPath)
  if (!header.ok) return header
  const sha256 = await sha256OfFile(fromPath, signal)
  if (!sha256.ok) return sha256
  const known = store.list().find((model) => model.sha256 === sha256.value)
  if (known) return ok({ name: known.name })

  const baseName = path.basename(fromPath).replace(/\.gguf$/i, '')
  const file = `${slugOf(baseName)}-${sha256.value.slice(0, 8)}.gguf`
  const partPath = store.pathOf(`${file}.import`)
  const placed = await place(fromPath, partPath)
  if (!placed.ok) return placed
  const sizeBytes = (await stat(partPath)).size
  const added = await store.add(partPath, file, {
    name: header.value.name.trim() || baseName,
    sha256: sha256.value,
    sizeBytes,
    contextTokens: header.value.contextTokens,
    memoryBytes: memoryBytesOf(header.value, sizeBytes, maxContextTokens),
    hasChatTemplate: header.value.hasChatTemplate,
    template: null,
    catalogueId: null,
  })
  return added.ok ? ok({ name: added.value.name }) : added
}

/** Memory that loading takes: the weights, the cache for the context Kith uses, and room to compute. */
export function memoryBytesOf(header: GgufHeader, sizeBytes: number, maxContextTokens: number): number {
  const contextTokens = Math.min(header.contextTokens ?? maxContextTokens, maxContextTokens)
  return Math.ceil(sizeBytes * 1.05 + header.cacheBytesPerToken * contextTokens + overheadBytes)
}

async function place(fromPath: string, toPath: string): Promise<Result<void>> {
  const folder = path.dirname(toPath)
  try {
    await rm(toPath, { force: true })
    const source = await realpath(fromPath)
    const isLinked = await link(source, toPath).then(
      () => true,
      // Another disk, or a file system without hard links: it is copied instead.
      () => false,
    )
    if (isLinked) return ok()
    const space = await checkDiskSpace(folder, (await stat(source)).size)
    if (!space.ok) return space
    await copyFile(source, toPath, constants.COPYFILE_FICLONE)
    return ok()
  } catch (cause) {
    await rm(toPath, { force: true })
    if (codeOf(cause) === 'ENOENT') return fail('storage_failed', { reason: 'the file is not there any more' })
    return storageFailure(cause, folder, 0)
  }
}

function slugOf(text: string): string {
  const slug = text.toLowerCase().replace(/[^a-z0-9.]+/g, '-')
  return slug.replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || 'model'
}
