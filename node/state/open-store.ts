import { mkdir } from 'node:fs/promises'
import Corestore from 'corestore'
import { ok, type Result } from '../contract/result.ts'
import { storageFailure } from './storage-error.ts'

/** Opens one Corestore folder. A folder held by another process or copied from elsewhere is refused with a code. */
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
