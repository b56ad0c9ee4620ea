import { open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { codeOf, readBounded, writeFileAtomically } from '../../base/files.ts'
import type { Result } from '../../contract/result.ts'
import type { CatalogueEntry } from '../models/catalogue.ts'

const noteSchema = z.object({ format: z.literal(1), sha256: z.string() })

/** The files of one download: the part file, a note of which model it belongs to, and a lock against another Kith. */
export class DownloadFiles {
  readonly partPath: string
  readonly #notePath: string
  readonly #lockPath: string

  constructor(folder: string, entry: CatalogueEntry) {
    this.partPath = path.join(folder, `${entry.catalogueId}.gguf.part`)
    this.#notePath = `${this.partPath}.json`
    this.#lockPath = `${this.partPath}.lock`
  }

  /** Whether an interrupted download of exactly this file lies here. */
  async isStarted(entry: CatalogueEntry): Promise<boolean> {
    const read = await readBounded(this.#notePath, 4_096)
    if (!read.ok || read.value.state !== 'read') return false
    try {
      return noteSchema.parse(JSON.parse(Buffer.from(read.value.bytes).toString('utf8'))).sha256 === entry.sha256
    } catch {
      // An unreadable note counts as none: the download starts over.
      return false
    }
  }

  /** Notes which file is being fetched; drops the part file of another one. */
  async begin(entry: CatalogueEntry): Promise<Result<void>> {
    if (!(await this.isStarted(entry))) await this.discard()
    return writeFileAtomically(this.#notePath, Buffer.from(JSON.stringify({ format: 1, sha256: entry.sha256 })))
  }

  async discard(): Promise<void> {
    await Promise.all(
      [this.partPath, this.#notePath, `${this.partPath}.packages`].map((file) =>
        rm(file, { recursive: true, force: true }),
      ),
    )
  }

  /** False while another running Kith fetches the same file; a lock left by a dead one is taken over. */
  async lock(): Promise<boolean> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        const handle = await open(this.#lockPath, 'wx', 0o600)
        await handle.writeFile(String(process.pid))
        await handle.close()
        return true
      } catch (cause) {
        if (codeOf(cause) !== 'EEXIST') throw cause
        const owner = Number(await readFile(this.#lockPath, 'utf8').catch(() => '0'))
        if (owner !== process.pid && isRunning(owner)) return false
        await this.unlock()
      }
    }
    return false
  }

  async unlock(): Promise<void> {
    await rm(this.#lockPath, { force: true })
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // A process of another user exists too.
    return codeOf(cause) === 'EPERM'
  }
}
