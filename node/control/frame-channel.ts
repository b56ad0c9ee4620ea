import type { Socket } from 'node:net'
import { sealBytes } from '../crypto/sealed-stream.ts'
import { decodeFrame } from './control-frames.ts'
import type { ProvedStreams } from './control-proof.ts'

const lengthBytes = 4

export interface FrameChannelOptions {
  readonly socket: Socket
  readonly streams: ProvedStreams
  /** The longest frame that is read, before it is sealed. */
  readonly maxBytes: number
  readonly onFrame: (value: unknown) => void
  /** The stream cannot be read any further; whoever reads it closes the socket. */
  readonly onGarbage: () => void
}

/** Frames over a proved socket: four bytes of length, then that many sealed bytes. Holds at most one frame. */
export class FrameChannel {
  #chunks: Buffer[] = []
  #bytes = 0
  #isEnded = false

  constructor(private readonly options: FrameChannelOptions) {}

  /** Begins to read; what has arrived already comes first. */
  open(): void {
    const { socket } = this.options
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.resume()
  }

  send(frame: Uint8Array): void {
    const { socket, streams } = this.options
    if (socket.destroyed) return
    const sealed = streams.outgoing.seal(frame)
    const length = Buffer.allocUnsafe(lengthBytes)
    length.writeUInt32BE(sealed.byteLength)
    socket.cork()
    socket.write(length)
    socket.write(sealed)
    socket.uncork()
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    while (this.#bytes >= lengthBytes) {
      const length = this.#joined(lengthBytes).readUInt32BE(0)
      if (length < sealBytes || length > this.options.maxBytes + sealBytes) return this.#end()
      if (this.#bytes < lengthBytes + length) return
      const value = this.#take(length)
      if (value === undefined) return this.#end()
      this.options.onFrame(value)
    }
  }

  /** What the next frame holds; undefined where it does not open. */
  #take(length: number): unknown {
    const all = this.#joined(lengthBytes + length)
    this.#chunks = all.byteLength > lengthBytes + length ? [all.subarray(lengthBytes + length)] : []
    this.#bytes -= lengthBytes + length
    const opened = this.options.streams.incoming.open(all.subarray(lengthBytes, lengthBytes + length))
    return opened ? decodeFrame(opened) : undefined
  }

  #end(): void {
    this.#isEnded = true
    this.#chunks = []
    this.options.onGarbage()
  }

  /** Joins chunks only when the first is shorter than what is wanted: a large frame is copied once. */
  #joined(wantedBytes: number): Buffer {
    const first = this.#chunks[0]
    if (first && first.byteLength >= wantedBytes) return first
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}
