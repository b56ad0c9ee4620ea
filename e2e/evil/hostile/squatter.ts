import { createHash } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const greeting = { type: 'hello', protocol: 1 }

/** Where a command looked for its peer once, as anybody can work out who knows the path of the profile. */
async function guessedAddresses(profileDir: string): Promise<string[]> {
  const profile = await realpath(profileDir)
  const tag = createHash('sha256').update(profile).digest('hex').slice(0, 24)
  return [join(tmpdir(), `kith-${process.getuid?.() ?? 'user'}`, `${tag}.sock`)]
}

/** Another program of this computer that listens where the command may expect its peer, and keeps what it hears. */
export class Squatter {
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  readonly #heard: Buffer[] = []

  /** Greets like a peer and answers every call alike. */
  static async listen(profileDir: string): Promise<Squatter> {
    const squatter = new Squatter()
    for (const address of await guessedAddresses(profileDir)) {
      await mkdir(dirname(address), { recursive: true, mode: 0o700 })
      const server = createServer((socket) => squatter.#accept(socket))
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(address, resolve)
      })
      squatter.#servers.push(server)
    }
    return squatter
  }

  get heard(): string {
    return Buffer.concat(this.#heard).toString('latin1')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#heard.push(chunk))
    const body = Buffer.from(JSON.stringify(greeting))
    const head = Buffer.alloc(4)
    head.writeUInt32BE(body.byteLength)
    socket.write(Buffer.concat([head, body]))
  }
}
