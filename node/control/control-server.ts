import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { codeOf } from '../base/files.ts'
import type { Log } from '../base/log.ts'
import type { PeerApi } from '../contract/api.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { controlAddress, secureControlFolder } from './control-address.ts'
import { ControlConnection } from './control-connection.ts'

export interface ControlServerOptions {
  readonly peer: PeerApi
  readonly profileDir: string
  readonly log: Log
}

const maxConnections = 32

/** Lets the command line of the same user call this peer, as the window does. */
export class ControlServer {
  readonly #connections = new Set<ControlConnection>()
  #server: Server | null = null

  constructor(private readonly options: ControlServerOptions) {}

  /** Listens; `profile_in_use` where a living peer has the socket already. */
  async start(): Promise<Result<void>> {
    const { profileDir, log } = this.options
    const address = controlAddress(profileDir)
    const folder = await secureControlFolder(address)
    if (!folder.ok) return folder
    const server = createServer((socket) => this.#accept(socket))
    server.maxConnections = maxConnections
    const listening = await listenOrReplace(server, address)
    if (!listening.ok) return listening
    server.on('error', (cause) => log.warn({ cause }, 'control socket failed'))
    this.#server = server
    return ok()
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    // Node removes the socket file when the server closes.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const connection of this.#connections) connection.close()
    await closed
  }

  #accept(socket: Socket): void {
    const { peer, log } = this.options
    const onClosed = (): void => void this.#connections.delete(connection)
    const connection = new ControlConnection({ socket, peer, log, onClosed })
    this.#connections.add(connection)
    connection.open()
  }
}

/** Listens, after removing a socket that a crashed run left. The profile's own lock rules out two starts at once. */
async function listenOrReplace(server: Server, address: string): Promise<Result<void>> {
  const first = await listen(server, address)
  if (first === null) return ok()
  if (first !== 'EADDRINUSE') return fail('start_failed', { part: 'the control socket', reason: first })
  if (await isAnswered(address)) return fail('profile_in_use')
  await rm(address, { force: true })
  const second = await listen(server, address)
  if (second === null) return ok()
  return second === 'EADDRINUSE'
    ? fail('profile_in_use')
    : fail('start_failed', { part: 'the control socket', reason: second })
}

/** Null when it listens; otherwise the system's name of the error. */
async function listen(server: Server, address: string): Promise<string | null> {
  const code = await new Promise<string | null>((resolve) => {
    const failed = (cause: Error): void => resolve(codeOf(cause) ?? cause.message)
    server.once('error', failed)
    server.listen(address, () => {
      server.off('error', failed)
      resolve(null)
    })
  })
  // The folder already keeps others out; the mode says so on the socket itself too.
  if (code === null && process.platform !== 'win32') await chmod(address, 0o600)
  return code
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2_000, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
