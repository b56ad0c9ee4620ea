import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail, ok, type Result } from '../contract/result.ts'

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new one, never a part.
 *
 * One writer a file: the caller serialises. `beforeReplace` runs when the new content is safe on disk
 * and the old file is still in place.
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array,
  beforeReplace?: () => Promise<void>,
): Promise<Result<void>> {
  const temporary = `${path}.tmp`
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await beforeReplace?.()
    await rename(temporary, path)
    await syncFolder(dirname(path))
    return ok()
  } catch (cause) {
    await rm(temporary, { force: true })
    return storageFailure(cause, dirname(path), content.byteLength)
  }
}

/** A whole file of at most `maxBytes`. `missing` and `too large` are told apart from a failing disk. */
export async function readBounded(
  path: string,
  maxBytes: number,
): Promise<Result<{ state: 'read'; bytes: Uint8Array } | { state: 'missing' | 'too_large' }>> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return ok({ state: 'missing' })
    return storageFailure(cause, dirname(path), 0)
  }
  try {
    if ((await handle.stat()).size > maxBytes) return ok({ state: 'too_large' })
    return ok({ state: 'read', bytes: new Uint8Array(await handle.readFile()) })
  } catch (cause) {
    return await storageFailure(cause, dirname(path), 0)
  } finally {
    await handle.close()
  }
}

/** Whether there is something at this path. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** The coded failure for an error of the file system. Anything else is a bug and is thrown on. */
export async function storageFailure(
  cause: unknown,
  folder: string,
  neededBytes: number,
): Promise<ReturnType<typeof fail>> {
  const code = codeOf(cause)
  if (code === null) throw cause
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return fail('storage_failed', { reason: code })
  const disk = await statfs(folder).catch(() => null)
  const freeBytes = disk ? disk.bavail * disk.bsize : 0
  return fail('disk_full', { needed: kilobytes(neededBytes), free: kilobytes(freeBytes) })
}

/** The code of an error: the system's, such as ENOENT, or a library's; null where it has none. */
export function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}

/** Makes renames in a folder last. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`
}
