import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { ok, type Result } from '../contract/result.ts'
import { readBounded, storageFailure, writeFileAtomically } from './files.ts'
import type { Log } from './log.ts'

export interface StatusFileOptions<T> {
  readonly path: string
  readonly schema: z.ZodType<T>
  /** Format of the value; a file of another version is kept aside and replaced. */
  readonly version: number
  readonly initial: T
  readonly log: Log
}

const maxBytes = 1024 * 1024

/**
 * A small value that outlives the process: what a worker was doing when it stopped.
 *
 * Nothing in it may be irreplaceable: a damaged file is kept beside the new one and the initial value used.
 */
export class StatusFile<T> {
  readonly #options: StatusFileOptions<T>
  #value: T
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(options: StatusFileOptions<T>, value: T) {
    this.#options = options
    this.#value = value
  }

  static async open<T>(options: StatusFileOptions<T>): Promise<Result<StatusFile<T>>> {
    const file = await readBounded(options.path, maxBytes)
    if (!file.ok) return file
    if (file.value.state === 'missing') return ok(new StatusFile(options, options.initial))
    const value = file.value.state === 'read' ? decode(file.value.bytes, options) : null
    if (value) return ok(new StatusFile(options, value.value))
    const keptAside = `${options.path}.damaged-${Date.now()}`
    try {
      await rename(options.path, keptAside)
    } catch (cause) {
      return storageFailure(cause, dirname(options.path), 0)
    }
    options.log.warn({ keptAside }, 'status file could not be read and was kept aside')
    return ok(new StatusFile(options, options.initial))
  }

  get value(): T {
    return this.#value
  }

  /** Replaces the value, also where it cannot be written; writes never overlap. */
  write(value: T): Promise<Result<void>> {
    this.#value = value
    const { path, version } = this.#options
    const bytes = new TextEncoder().encode(JSON.stringify({ version, value }))
    const written = this.#writing.then(() => writeFileAtomically(path, bytes))
    this.#writing = written
    return written
  }
}

function decode<T>(bytes: Uint8Array, options: StatusFileOptions<T>): { value: T } | null {
  const envelope = z.object({ version: z.literal(options.version), value: options.schema })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // Not text or not JSON: the caller keeps the file aside.
    return null
  }
  const parsed = envelope.safeParse(json)
  return parsed.success ? { value: parsed.data.value } : null
}
