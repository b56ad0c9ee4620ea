import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import path from 'node:path'
import { storageFailure } from '../../base/files.ts'
import { fail, ok, type Result } from '../../contract/result.ts'

/** SHA-256 of a file in hexadecimal, read in chunks so that it does not block other work. */
export async function sha256OfFile(filePath: string, signal: AbortSignal): Promise<Result<string>> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(filePath, { highWaterMark: 1024 * 1024 }), hash, { signal })
    return ok(hash.digest('hex'))
  } catch (cause) {
    if (signal.aborted) return fail('stopped')
    return storageFailure(cause, path.dirname(filePath), 0)
  }
}
