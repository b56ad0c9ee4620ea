import type { FileHandle } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/** Why a file is not a usable model; the message completes a sentence. */
export class GgufProblem extends Error {}

/** Reads numbers and strings of a GGUF file in order, never past its end and never more than a stated limit. */
export class GgufReader {
  readonly #file: FileHandle
  readonly #fileBytes: number
  #chunk = Buffer.alloc(0)
  #chunkStart = 0
  #cursor = 0

  constructor(file: FileHandle, fileBytes: number) {
    this.#file = file
    this.#fileBytes = fileBytes
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#chunkStart + this.#cursor
  }

  /** Buffers the next `bytes`; resolves at once when they are there. */
  async #need(bytes: number): Promise<void> {
    if (this.#cursor + bytes <= this.#chunk.length) return
    const start = this.position
    if (bytes < 0 || start + bytes > this.#fileBytes) throw new GgufProblem('it is shorter than it says')
    const wanted = Math.min(Math.max(bytes, chunkBytes), this.#fileBytes - start)
    const buffer = Buffer.alloc(wanted)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await this.#file.read(buffer, filled, wanted - filled, start + filled)
      if (bytesRead === 0) throw new GgufProblem('it is shorter than it says')
      filled += bytesRead
    }
    this.#chunk = buffer
    this.#chunkStart = start
    this.#cursor = 0
  }

  /** Skips bytes without reading them. */
  async skip(bytes: number): Promise<void> {
    if (!Number.isSafeInteger(bytes) || bytes < 0 || this.position + bytes > this.#fileBytes) {
      throw new GgufProblem('it is shorter than it says')
    }
    const left = this.#chunk.length - this.#cursor
    if (bytes <= left) {
      this.#cursor += bytes
      return
    }
    this.#chunkStart = this.position + bytes
    this.#chunk = Buffer.alloc(0)
    this.#cursor = 0
  }

  /** A whole number of 1, 2 or 4 bytes. */
  async number(bytes: 1 | 2 | 4, isSigned = false): Promise<number> {
    await this.#need(bytes)
    const value = isSigned ? this.#chunk.readIntLE(this.#cursor, bytes) : this.#chunk.readUIntLE(this.#cursor, bytes)
    this.#cursor += bytes
    return value
  }

  /** A 64-bit count or length; throws `GgufProblem` above `limit`. */
  async count(limit: number, what: string): Promise<number> {
    await this.#need(8)
    const value = this.#chunk.readBigUInt64LE(this.#cursor)
    this.#cursor += 8
    if (value > BigInt(limit)) throw new GgufProblem(`its ${what} is not believable`)
    return Number(value)
  }

  /** A text of at most `maxBytes`; of a longer one than `keptBytes` only the beginning is read. */
  async text(maxBytes: number, keptBytes: number): Promise<string> {
    const bytes = await this.count(maxBytes, 'text length')
    const kept = Math.min(bytes, keptBytes)
    await this.#need(kept)
    const value = this.#chunk.toString('utf8', this.#cursor, this.#cursor + kept)
    this.#cursor += kept
    await this.skip(bytes - kept)
    return value
  }
}
