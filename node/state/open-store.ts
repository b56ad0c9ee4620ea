import { mkdir } from 'node:fs/promises'
import Corestore from 'corestore'
import { ok, type Result } from '../contract/result.ts'
import { storageFailure } from './storage-error.ts'

/** Opens a Corestore; `profile_in_use` if another process holds the folder, `profile_copied` if it was copied. */
export async function openStore(directory: string): Promise<Result<Corestore>> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const store = new Corestore(directory, { wait: false })
    await store.ready()
    return ok(store)
  } catch (cause) {
    return storageFailure(cause)
  }
}
