import { connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net'

/**
 * Somebody who listens where a command expects its peer: squats on the address, keeps all that is said, and answers
 * what a test makes it answer.
 */
export class SquattingPeer {
  readonly heard: Buffer[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  /** `answer` gets each new connection; without it the squatter stays silent. */
  constructor(answer: (socket: Socket) => void = () => undefined) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('data', (chunk: Buffer) => this.heard.push(chunk))
      answer(socket)
    })
  }

  listen(where: string | ListenOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(typeof where === 'string' ? { path: where } : where, resolve)
    })
  }

  /** Where it listens, if that is a port. */
  get port(): number {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('It listens on no port')
    return address.port
  }

  get heardBytes(): Buffer {
    return Buffer.concat(this.heard)
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** Listens at one address and passes everything on to another, keeping both directions; `change` may alter a chunk. */
export class RelayingPeer {
  readonly fromCommand: Buffer[] = []
  readonly fromPeer: Buffer[] = []
  readonly #squatter: SquattingPeer

  constructor(realPath: string, change: (chunk: Buffer, from: 'command' | 'peer') => Buffer = (chunk) => chunk) {
    this.#squatter = new SquattingPeer((command) => {
      const peer = connect(realPath)
      for (const one of [command, peer]) one.on('error', () => one.destroy())
      command.on('data', (chunk: Buffer) => {
        this.fromCommand.push(chunk)
        peer.write(change(chunk, 'command'))
      })
      peer.on('data', (chunk: Buffer) => {
        this.fromPeer.push(chunk)
        command.write(change(chunk, 'peer'))
      })
      command.once('close', () => peer.destroy())
      peer.once('close', () => command.destroy())
    })
  }

  listen(path: string): Promise<void> {
    return this.#squatter.listen(path)
  }

  close(): Promise<void> {
    return this.#squatter.close()
  }
}

/** A program that connects and keeps what it is told, until the other end closes. */
export class StrangeCommand {
  readonly heard: Buffer[] = []
  readonly closed: Promise<void>
  readonly socket: Socket

  constructor(path: string) {
    this.socket = connect(path)
    this.socket.on('data', (chunk: Buffer) => this.heard.push(chunk))
    this.socket.on('error', () => this.socket.destroy())
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }

  get heardBytes(): Buffer {
    return Buffer.concat(this.heard)
  }
}
