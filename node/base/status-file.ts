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
  /** Changes within this time are written together. */
  readonly debounceMs?: number
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
  #isDirty = false
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<Result<void>> = Promise.resolve(ok())
  /** Where a damaged or foreign file was put, when there was one. */
  readonly keptAside: string | null

  private constructor(options: StatusFileOptions<T>, value: T, keptAside: string | null) {
    this.#options = options
    this.#value = value
    this.keptAside = keptAside
  }

  static async open<T>(options: StatusFileOptions<T>): Promise<Result<StatusFile<T>>> {
    const file = await readBounded(options.path, maxBytes)
    if (!file.ok) return file
    if (file.value.state === 'missing') return ok(new StatusFile(options, options.initial, null))
    const value = file.value.state === 'read' ? decode(file.value.bytes, options) : null
    if (value) return ok(new StatusFile(options, value.value, null))
    const keptAside = `${options.path}.damaged-${Date.now()}`
    try {
      await rename(options.path, keptAside)
    } catch (cause) {
      return storageFailure(cause, dirname(options.path), 0)
    }
    options.log.warn({ keptAside }, 'status file could not be read and was kept aside')
    return ok(new StatusFile(options, options.initial, keptAside))
  }

  get value(): T {
    return this.#value
  }

  /** Replaces the value; it reaches the disk within the debounce time. */
  set(value: T): void {
    this.#value = value
    this.#isDirty = true
    this.#timer ??= setTimeout(() => void this.flush().then(this.#report), this.#options.debounceMs ?? 250)
  }

  /** Writes now what is not yet on disk. */
  flush(): Promise<Result<void>> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** Writes the last change; call `set` no more after this. */
  close(): Promise<Result<void>> {
    return this.flush()
  }

  async #write(): Promise<Result<void>> {
    if (!this.#isDirty) return ok()
    this.#isDirty = false
    const { path, version } = this.#options
    const text = JSON.stringify({ version, value: this.#value })
    const written = await writeFileAtomically(path, new TextEncoder().encode(text))
    // The next change or flush tries again.
    if (!written.ok) this.#isDirty = true
    return written
  }

  readonly #report = (result: Result<void>): void => {
    if (!result.ok) this.#options.log.warn({ error: result.error }, 'status file could not be written')
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
