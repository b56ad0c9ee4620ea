import { statfs } from 'node:fs/promises'
import { fail, ok, type Result } from '../../contract/result.ts'
import { bytesInWords } from './memory-fit.ts'

/** Room left on the disk besides the model, for everything else that writes. */
const reserveBytes = 64 * 1024 * 1024

export async function checkDiskSpace(folder: string, neededBytes: number): Promise<Result<void>> {
  const freeBytes = await freeDiskBytes(folder)
  // Where the system does not report free space, writing finds out.
  if (freeBytes === null || neededBytes + reserveBytes <= freeBytes) return ok()
  return fail('disk_full', { needed: bytesInWords(neededBytes + reserveBytes), free: bytesInWords(freeBytes) })
}

/** Null where the system does not report it. */
export async function freeDiskBytes(folder: string): Promise<number | null> {
  const disk = await statfs(folder).catch(() => null)
  return disk ? disk.bavail * disk.bsize : null
}
