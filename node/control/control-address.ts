import { lstat, mkdir, rm, rmdir } from 'node:fs/promises'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { codeOf } from '../base/files.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { toHex } from '../crypto/encoding.ts'
import { randomBytes } from '../crypto/keys.ts'
import { isMissing, isPrivateFolder, securePrivateFolder } from './private-folder.ts'

/** The kernel's limit is 104 bytes on macOS and 108 on Linux, and a longer path is cut without a word. */
const maxSocketPathBytes = 100
const socketName = 'control.sock'
const folderName = /^kith-[0-9a-f]{32}$/

/** The environment that the choice of an address depends on. */
export interface AddressOptions {
  readonly platform?: NodeJS.Platform
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly temporaryDir?: string
}

/**
 * Where the peer of a profile listens for the command line, as its record names it.
 *
 * `control.sock` lies in the profile. Where the profile's path is too long for a socket, the address is one in a
 * new folder that only this user can enter, and on Windows a named pipe. Neither can be guessed beforehand.
 */
export async function newAddress(profileDir: string, options: AddressOptions = {}): Promise<Result<string>> {
  const { platform = process.platform, env = process.env, temporaryDir = tmpdir() } = options
  const name = `kith-${toHex(randomBytes(16))}`
  if (platform === 'win32') return ok(`\\\\.\\pipe\\${name}`)
  const profile = realPath(profileDir)
  const secured = await securePrivateFolder(profile)
  if (!secured.ok) return secured
  if (isShort(join(profile, socketName))) return ok(socketName)
  const runtimeDir = env['XDG_RUNTIME_DIR']
  const isOwn = runtimeDir !== undefined && isAbsolute(runtimeDir) && (await isPrivateFolder(runtimeDir))
  for (const base of [...(isOwn ? [runtimeDir] : []), temporaryDir, '/tmp']) {
    const folder = join(base, name)
    if (isShort(join(folder, socketName)) && (await isMadeHere(folder))) return ok(join(folder, socketName))
  }
  return fail('storage_failed', { reason: 'there is no folder for the control socket' })
}

/** The path of an address: what is listened on and connected to. */
export function pathOfAddress(profileDir: string, address: string): string {
  return isInProfile(address) ? join(realPath(profileDir), socketName) : address
}

export function isInProfile(address: string): boolean {
  return address === socketName
}

/** Whether nobody else can have put something at an address outside the profile; `missing` where nothing is there. */
export async function guardOfAddress(address: string): Promise<'private' | 'missing' | 'foreign'> {
  if (process.platform === 'win32' || isInProfile(address)) return 'private'
  const folder = dirname(address)
  if (await isPrivateFolder(folder)) return 'private'
  return (await isMissing(folder)) ? 'missing' : 'foreign'
}

/** Removes a socket that nobody listens on any more, with its folder. Touches nothing that is not our own. */
export async function removeAddress(profileDir: string, address: string): Promise<void> {
  if (process.platform === 'win32') return
  const path = pathOfAddress(profileDir, address)
  const folder = dirname(path)
  const isInside = isInProfile(address)
  if (!isInside && !(folderName.test(basename(folder)) && basename(path) === socketName)) return
  if (!(await isPrivateFolder(folder))) return
  try {
    await rm(path, { force: true })
    if (!isInside) await rmdir(folder)
  } catch (cause) {
    // Somebody cleaned up before us, or a file of the user's lies there: neither is worth a failed start.
    if (codeOf(cause) === null) throw cause
  }
}

/** One profile reached by two paths is one profile. A folder not made yet counts by its own path. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Nothing is there yet, or a part cannot be entered: then nobody listens there either.
    return resolve(path)
  }
}

function isShort(path: string): boolean {
  return Buffer.byteLength(path) <= maxSocketPathBytes
}

/** Makes a folder that was not there before; one that somebody else has made first is never used. */
async function isMadeHere(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch {
    // Taken, or this place cannot be written: the next one is tried.
    return false
  }
  if (await isPrivateFolder(folder)) return true
  const found = await lstat(folder).catch(() => null)
  if (found?.isDirectory()) await rmdir(folder).catch(() => undefined)
  return false
}
