import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../base/files.ts'
import { fail, ok, type Result } from '../contract/result.ts'

/** The kernel's limit is 104 bytes on macOS and 108 on Linux, and a longer path is cut without a word. */
const maxSocketPathBytes = 100

/**
 * Where the peer of a profile listens for the command line.
 *
 * A socket inside the profile; in a folder of this user where the profile's path is too long;
 * a named pipe on Windows. All follow from the profile's path alone, so that both sides agree.
 */
export function controlAddress(profileDir: string, platform: NodeJS.Platform = process.platform): string {
  const profile = realPath(profileDir)
  const tag = createHash('sha256').update(profile).digest('hex').slice(0, 24)
  if (platform === 'win32') return `\\\\.\\pipe\\kith-${tag}`
  const inside = join(profile, 'control.sock')
  if (Buffer.byteLength(inside) <= maxSocketPathBytes) return inside
  return join(tmpdir(), `kith-${process.getuid?.() ?? 'user'}`, `${tag}.sock`)
}

/** Makes sure that the folder of the socket is ours and closed to everybody else. */
export async function secureControlFolder(address: string): Promise<Result<void>> {
  if (process.platform === 'win32') return ok()
  const folder = dirname(address)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = lstatSync(folder)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      return fail('storage_failed', { reason: `the folder ${folder} belongs to another user` })
    }
    if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700)
    return ok()
  } catch (cause) {
    return fail('storage_failed', { reason: codeOf(cause) ?? 'unknown' })
  }
}

/** One profile reached by two paths has one address. A folder not made yet counts by its own path. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Nothing is there yet, or a part cannot be entered: then nobody listens there either.
    return resolve(path)
  }
}
