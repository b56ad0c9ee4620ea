import { tryLock, unlock } from 'fs-native-extensions'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../base/coded-error.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { codeOf } from '../base/files.ts'
import { kithError } from '../contract/errors.ts'

/**
 * Keeps a second process out of a profile; started before anything in it is opened.
 *
 * The system releases the lock when the process ends, even in a crash, so it is never stale.
 */
export class ProfileLock implements Facility {
  readonly name = 'profile-lock'
  readonly needs = []
  #file: FileHandle | null = null

  constructor(private readonly profileDir: string) {}

  async start(): Promise<void> {
    const file = await this.#open()
    if (!tryLock(file.fd)) {
      await file.close()
      throw new CodedError(kithError('profile_in_use'))
    }
    this.#file = file
  }

  async stop(): Promise<void> {
    const file = this.#file
    this.#file = null
    if (!file) return
    unlock(file.fd)
    await file.close()
  }

  health(): Health {
    return healthy
  }

  async #open(): Promise<FileHandle> {
    try {
      await mkdir(this.profileDir, { recursive: true, mode: 0o700 })
      return await open(join(this.profileDir, 'lock'), 'a', 0o600)
    } catch (cause) {
      throw new CodedError(kithError('storage_failed', { reason: `${this.profileDir}: ${codeOf(cause) ?? 'unknown'}` }))
    }
  }
}
