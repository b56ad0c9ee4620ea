import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { readBounded, storageFailure, writeFileAtomically } from '../../base/files.ts'
import type { Log } from '../../base/log.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { modelRecordSchema, type ModelRecord, type StoredModel } from './stored-model.ts'

const maxRecordBytes = 256 * 1024

/**
 * The model files of the embedded engine.
 *
 * Each file has its record beside it, so that several profiles can share the folder without writing the
 * same file (docs/decisions/0022).
 */
export class ModelStore {
  readonly folder: string
  readonly #log: Log
  #models: readonly StoredModel[] = []

  constructor(folder: string, log: Log) {
    this.folder = folder
    this.#log = log
  }

  list(): readonly StoredModel[] {
    return this.#models
  }

  find(name: string): StoredModel | undefined {
    return this.#models.find((model) => model.name === name)
  }

  pathOf(file: string): string {
    return path.join(this.folder, file)
  }

  async open(): Promise<Result<void>> {
    try {
      await mkdir(this.folder, { recursive: true })
    } catch (cause) {
      return storageFailure(cause, path.dirname(this.folder), 0)
    }
    return this.scan()
  }

  /** Reads the folder again: another profile may have added or removed a model. */
  async scan(): Promise<Result<void>> {
    let files: string[]
    try {
      files = await readdir(this.folder)
    } catch (cause) {
      return storageFailure(cause, this.folder, 0)
    }
    const records = files.filter((file) => file.endsWith('.gguf.json')).sort()
    const found = await Promise.all(records.map((file) => this.#read(file.slice(0, -'.json'.length))))
    this.#models = found.filter((model) => model !== null)
    return ok()
  }

  /** Null for an unreadable record, or one whose file is missing or truncated; nothing is deleted. */
  async #read(file: string): Promise<StoredModel | null> {
    const filePath = this.pathOf(file)
    const read = await readBounded(`${filePath}.json`, maxRecordBytes)
    if (!read.ok || read.value.state !== 'read') return null
    const record = parseRecord(read.value.bytes)
    const size = await stat(filePath).then(
      (stats) => stats.size,
      () => null,
    )
    if (record === null || size !== record.sizeBytes) {
      this.#log.debug({ file, size }, 'model file and its record do not agree')
      return null
    }
    return { ...record, file, path: filePath }
  }

  /** Moves a checked file into the store. A crash in between leaves a file that a new download takes up. */
  async add(
    fromPath: string,
    file: string,
    record: Omit<ModelRecord, 'format' | 'name'> & { name: string },
  ): Promise<Result<StoredModel>> {
    const filePath = this.pathOf(file)
    try {
      if (fromPath !== filePath) await rename(fromPath, filePath)
    } catch (cause) {
      return storageFailure(cause, this.folder, record.sizeBytes)
    }
    const complete: ModelRecord = { ...record, format: 1, name: this.#uniqueName(record.name) }
    const written = await writeFileAtomically(`${filePath}.json`, Buffer.from(`${JSON.stringify(complete, null, 2)}\n`))
    if (!written.ok) return written
    await this.scan()
    return ok({ ...complete, file, path: filePath })
  }

  async remove(name: string): Promise<Result<void>> {
    const model = this.find(name)
    if (!model) return fail('model_unknown', { model: name })
    try {
      await rm(model.path, { force: true })
      await rm(`${model.path}.json`, { force: true })
    } catch (cause) {
      return storageFailure(cause, this.folder, 0)
    }
    return this.scan()
  }

  #uniqueName(wanted: string): string {
    const name = wanted.trim().slice(0, 180) || 'model'
    for (let copy = 1; ; copy += 1) {
      const candidate = copy === 1 ? name : `${name} (${copy})`
      if (!this.find(candidate)) return candidate
    }
  }
}

function parseRecord(bytes: Uint8Array): ModelRecord | null {
  try {
    return modelRecordSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    // A damaged record hides its model; the file itself is kept and can be imported again.
    return null
  }
}
