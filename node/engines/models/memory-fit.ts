import { freemem, totalmem } from 'node:os'
import type { KithError } from '../../contract/errors.ts'
import { kithError } from '../../contract/errors.ts'

export interface MachineMemory {
  freeBytes(): number
}

/** Memory that can be used now, with a container's limit taken into account. */
export const machineMemory: MachineMemory = {
  freeBytes() {
    // macOS counts memory that it can reclaim as used, so a share of the total is the better estimate there.
    const free = process.platform === 'darwin' ? Math.max(freemem(), totalmem() * 0.6) : freemem()
    const allowed = process.availableMemory()
    return Math.floor(allowed > 0 ? Math.min(free, allowed) : free)
  },
}

/** Bytes as a person reads them. */
export function bytesInWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${Math.ceil(bytes / 1e6)} MB`
  return `${Math.ceil(bytes / 1e3)} kB`
}

export function memoryMisfit(model: string, neededBytes: number, memory: MachineMemory): KithError | null {
  const freeBytes = memory.freeBytes()
  if (neededBytes <= freeBytes) return null
  return kithError('model_does_not_fit', { model, needed: bytesInWords(neededBytes), free: bytesInWords(freeBytes) })
}
