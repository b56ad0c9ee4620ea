import { statfs } from 'node:fs/promises'
import type { Log } from '../base/log.ts'
import type { KithError } from '../contract/errors.ts'
import { storageFailure } from '../state/storage-error.ts'

/** Room that must be free before stores are opened again after the disk was full. */
const roomBytes = 16 * 1024 * 1024

export interface FullDiskOptions {
  readonly profileDir: string
  readonly log: Log
  readonly notify: (error: KithError) => void
}

/**
 * Remembers that the disk was full.
 *
 * RocksDB takes no more writes after that until it is opened again, even when there is room.
 */
export class FullDisk {
  #isFull = false

  constructor(private readonly options: FullDiskOptions) {}

  /** The disk was found full. */
  note(): void {
    this.#isFull = true
  }

  /** The stores were closed, and will be opened anew. */
  forget(): void {
    this.#isFull = false
  }

  /** Something could not be written: says so, and remembers a full disk. */
  unsaved(cause: unknown): void {
    const failure = storageFailure(cause)
    this.options.log.error({ cause }, 'an answer could not be written down')
    if (failure.ok) return
    if (failure.error.code === 'disk_full') this.note()
    this.options.notify(failure.error)
  }

  /** Whether the stores are to be opened again: the disk was full and has room now. */
  async hasRoomAgain(): Promise<boolean> {
    if (!this.#isFull) return false
    const { bavail, bsize } = await statfs(this.options.profileDir)
    return bavail * bsize >= roomBytes
  }
}
