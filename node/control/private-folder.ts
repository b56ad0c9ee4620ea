import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, type FileHandle } from 'node:fs/promises'
import { codeOf } from '../base/files.ts'
import { fail, ok, type Result } from '../contract/result.ts'

/** Windows keeps other users out of a profile by its own lists; modes and numbers of users mean nothing there. */
const hasModes = process.platform !== 'win32'

interface Owned {
  readonly uid: number
  readonly mode: number
}

/** Whether something on disk belongs to this user, and nobody else may enter, read or change it. */
function isPrivate({ uid, mode }: Owned): boolean {
  return !hasModes || (uid === process.getuid?.() && (mode & 0o077) === 0)
}

/** Makes a folder, or closes one that is there, so that only this user can enter it. Links are refused. */
export async function securePrivateFolder(path: string): Promise<Result<void>> {
  if (!hasModes) return ok()
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const found = await lstat(path)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      return fail('storage_failed', { reason: `the folder ${path} belongs to another user` })
    }
    if (!isPrivate(found)) await chmod(path, 0o700)
    return isPrivate(await lstat(path))
      ? ok()
      : fail('storage_failed', { reason: `the folder ${path} cannot be closed to other users` })
  } catch (cause) {
    return fail('storage_failed', { reason: codeOf(cause) ?? 'unknown' })
  }
}

/** Whether this is a folder, and no link to one, that only this user can enter. */
export async function isPrivateFolder(path: string): Promise<boolean> {
  if (!hasModes) return true
  const found = await lstat(path).catch(() => null)
  return found !== null && found.isDirectory() && isPrivate(found)
}

/** Whether there is nothing at all at this path, not even a link that leads nowhere. */
export async function isMissing(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) === null
}

/**
 * A small file that only this user can have written. `missing`, and `foreign` for one that others may read or
 * write, for a link, and for one that is longer than `maxBytes`.
 */
export async function readPrivateFile(
  path: string,
  maxBytes: number,
): Promise<Result<{ state: 'read'; bytes: Uint8Array } | { state: 'missing' } | { state: 'foreign' }>> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | (hasModes ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0))
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok({ state: 'missing' })
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'EACCES') return ok({ state: 'foreign' })
    return fail('storage_failed', { reason: code ?? 'unknown' })
  }
  try {
    const found = await handle.stat()
    if (!found.isFile() || !isPrivate(found) || found.size > maxBytes) return ok({ state: 'foreign' })
    // One byte more than allowed shows a file that grows while it is read.
    const { buffer, bytesRead } = await handle.read(new Uint8Array(maxBytes + 1), 0, maxBytes + 1, 0)
    return bytesRead > maxBytes ? ok({ state: 'foreign' }) : ok({ state: 'read', bytes: buffer.subarray(0, bytesRead) })
  } catch (cause) {
    return fail('storage_failed', { reason: codeOf(cause) ?? 'unknown' })
  } finally {
    await handle.close()
  }
}
