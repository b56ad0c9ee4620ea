import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { codeOf } from '../base/files.ts'
import type { Log } from '../base/log.ts'
import type { PeerApi } from '../contract/api.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { isInProfile, newAddress, pathOfAddress, removeAddress, type AddressOptions } from './control-address.ts'
import { ControlConnection } from './control-connection.ts'
import { dialRecord } from './control-dial.ts'
import { proveAsPeer } from './control-proof.ts'
import {
  newRecord,
  readControlRecord,
  removeControlRecord,
  writeControlRecord,
  type ControlRecord,
} from './control-record.ts'

export interface ControlServerOptions {
  readonly peer: PeerApi
  readonly profileDir: string
  readonly log: Log
  /** How long the other end may take to prove itself. */
  readonly proofDeadlineMs?: number
  readonly address?: AddressOptions
}

const maxConnections = 32
/** Those that have proved nothing yet; the oldest makes room for the next. They take no place of a proved one. */
const maxUnproved = 16
const defaultProofDeadlineMs = 5_000

interface Running {
  readonly server: Server
  readonly record: ControlRecord
}

/**
 * Lets the command line of the same user call this peer, as the window does.
 *
 * Each start has a new address or a new secret, which lie in the profile for as long as the server listens.
 */
export class ControlServer {
  readonly #connections = new Set<ControlConnection>()
  /** Oldest first. */
  readonly #unproved = new Set<Socket>()
  #running: Running | null = null

  constructor(private readonly options: ControlServerOptions) {}

  /** Listens; `profile_in_use` where a living peer has the profile already. */
  async start(): Promise<Result<void>> {
    const { profileDir, log, address: addressOptions } = this.options
    const before = await leftover(profileDir)
    if (!before.ok) return before
    const address = await newAddress(profileDir, addressOptions)
    if (!address.ok) return address
    // A crashed run may have left its socket in the profile. The profile's own lock rules out two starts at once.
    if (isInProfile(address.value)) await removeAddress(profileDir, address.value)
    const record = newRecord(address.value)
    const server = createServer((socket) => void this.#accept(socket, record))
    const listening = await listen(server, pathOfAddress(profileDir, address.value))
    if (!listening.ok) {
      await removeAddress(profileDir, address.value)
      return listening
    }
    server.on('error', (cause) => log.warn({ cause }, 'control socket failed'))
    this.#running = { server, record }
    // Only who finds the socket open may read about it.
    const written = await writeControlRecord(profileDir, record)
    if (!written.ok) await this.stop()
    return written
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = null
    if (!running) return
    const closed = new Promise<void>((resolve) => running.server.close(() => resolve()))
    for (const socket of this.#unproved) socket.destroy()
    for (const connection of this.#connections) connection.close()
    await closed
    const { profileDir } = this.options
    await removeControlRecord(profileDir)
    await removeAddress(profileDir, running.record.address)
  }

  /** Says and hears nothing but the proof before that has succeeded. */
  async #accept(socket: Socket, record: ControlRecord): Promise<void> {
    const { log, proofDeadlineMs = defaultProofDeadlineMs } = this.options
    const [oldest] = this.#unproved
    if (oldest && this.#unproved.size >= maxUnproved) oldest.destroy()
    this.#unproved.add(socket)
    socket.once('close', () => this.#unproved.delete(socket))
    socket.on('error', () => socket.destroy())
    const streams = await proveAsPeer(socket, record, proofDeadlineMs)
    this.#unproved.delete(socket)
    if (!streams || socket.destroyed || !this.#running) {
      if (!streams) log.warn('somebody on the control socket could not prove to be a command of this user')
      socket.destroy()
      return
    }
    if (this.#connections.size >= maxConnections) {
      log.warn({ maxConnections }, 'too many commands at once')
      socket.destroy()
      return
    }
    const onClosed = (): void => void this.#connections.delete(connection)
    const connection = new ControlConnection({ socket, streams, peer: this.options.peer, log, onClosed })
    this.#connections.add(connection)
    connection.open()
  }
}

/** Cleans up after a run that ended without a word. Whoever listens at its address now has to prove to be that run. */
async function leftover(profileDir: string): Promise<Result<void>> {
  const record = await readControlRecord(profileDir)
  if (!record.ok || !record.value) return ok()
  const living = await dialRecord(profileDir, record.value)
  if (living.ok && living.value) {
    living.value.socket.destroy()
    return fail('profile_in_use')
  }
  await removeAddress(profileDir, record.value.address)
  return ok()
}

async function listen(server: Server, path: string): Promise<Result<void>> {
  const code = await new Promise<string | null>((resolve) => {
    const failed = (cause: Error): void => resolve(codeOf(cause) ?? cause.message)
    server.once('error', failed)
    server.listen(path, () => {
      server.off('error', failed)
      resolve(null)
    })
  })
  if (code !== null) return fail('start_failed', { part: 'the control socket', reason: code })
  // The folder already keeps others out; the mode says so on the socket itself too.
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return ok()
}
