import { connect, type Socket } from 'node:net'

/** A program on this computer that speaks to the local API as it likes, byte by byte. */
export class HostileProgram {
  readonly #heard: Buffer[] = []
  readonly socket: Socket
  readonly closed: Promise<void>
  readonly openedMs = performance.now()
  closedMs: number | null = null

  private constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (chunk: Buffer) => this.#heard.push(chunk))
    this.socket.on('error', () => this.socket.destroy())
    this.closed = new Promise((resolve) =>
      this.socket.once('close', () => {
        this.closedMs = performance.now() - this.openedMs
        resolve()
      }),
    )
  }

  static async open(port: number): Promise<HostileProgram> {
    const program = new HostileProgram(port)
    await new Promise<void>((resolve) => {
      program.socket.once('connect', resolve).once('close', () => resolve())
    })
    return program
  }

  get heard(): string {
    return Buffer.concat(this.#heard).toString()
  }

  write(text: string | Buffer): void {
    this.socket.write(text)
  }

  /** Stops reading, so that what is sent here piles up at the other end. */
  goDeaf(): void {
    this.socket.pause()
  }

  /** Sends until the other end closes or `maxBytes` are out; answers how much it took. */
  async flood(chunk: Buffer, maxBytes: number): Promise<number> {
    let sent = 0
    while (!this.socket.destroyed && sent < maxBytes) {
      const isTaken = await new Promise<boolean>((resolve) => {
        const gone = (): void => resolve(false)
        this.socket.once('close', gone)
        this.socket.write(chunk, (cause) => {
          this.socket.off('close', gone)
          resolve(!cause)
        })
      })
      if (!isTaken) break
      sent += chunk.byteLength
    }
    return sent
  }

  close(): void {
    this.socket.destroy()
  }
}

/** The head of a request, with the empty line that ends it. */
export function head(method: string, path: string, port: number, headers: Record<string, string> = {}): string {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}
