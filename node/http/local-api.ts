import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { withDeadline } from '../base/deadline.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { codeOf } from '../base/files.ts'
import { Serial } from '../base/serial.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { AppState } from '../contract/state.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { createServer } from './server.ts'

/** Where programs look first. */
export const usualPort = 11_535

/** How long answers that were cut off may take to say so. */
const closeDeadlineMs = 1_500

interface Running {
  readonly app: FastifyInstance
  readonly closing: AbortController
  /** The port that was asked for, to see whether the settings have changed. */
  readonly wantedPort: number | null
}

/**
 * The local HTTP API: `http://127.0.0.1:<port>/v1`, for programs on this computer.
 *
 * It never makes the peer fail: where it cannot listen, its slice of the state says why.
 */
export class LocalApi implements Facility {
  readonly name = 'local-api'
  readonly needs: readonly string[] = ['gateway']
  readonly #serial = new Serial()
  #running: Running | null = null
  #isStarted = false
  #slice: AppState['api'] = { state: 'off', url: null, error: null }

  constructor(private readonly options: LocalApiOptions) {}

  get slice(): AppState['api'] {
    return this.#slice
  }

  start(): Promise<void> {
    this.#isStarted = true
    return this.refresh()
  }

  async stop(): Promise<void> {
    this.#isStarted = false
    await this.refresh()
  }

  health(): Health {
    const { error } = this.#slice
    return error ? { state: 'degraded', reason: error.message } : healthy
  }

  /** Follows the settings: starts, stops, or moves to another port. */
  refresh(): Promise<void> {
    return this.#serial.run(async () => {
      const isWanted = this.#isStarted && this.options.isEnabled()
      const wantedPort = this.options.port()
      const isAsWanted = this.#running !== null && this.#running.wantedPort === wantedPort
      if (isWanted && isAsWanted) return
      await this.#close()
      if (isWanted) await this.#open(wantedPort)
      else this.#set({ state: 'off', url: null, error: null })
    })
  }

  async #open(wantedPort: number | null): Promise<void> {
    this.#set({ state: 'starting', url: null, error: null })
    const first = await this.#listen(wantedPort ?? usualPort, wantedPort)
    // Another install of this person may have the usual port.
    const failure = first?.code === 'port_taken' && wantedPort === null ? await this.#listen(0, null) : first
    if (failure) this.#set({ state: 'failed', url: null, error: failure })
    else this.#set({ state: 'running', url: `http://127.0.0.1:${this.#port()}/v1`, error: null })
  }

  /** Answers why it cannot listen there, or null. */
  async #listen(port: number, wantedPort: number | null): Promise<KithError | null> {
    const closing = new AbortController()
    const app = createServer(this.options, closing.signal)
    try {
      await app.listen({ host: '127.0.0.1', port })
      this.#running = { app, closing, wantedPort }
      return null
    } catch (cause) {
      await app.close()
      const code = codeOf(cause)
      if (code === 'EADDRINUSE') return kithError('port_taken', { port })
      // Ports below 1024 may belong to the administrator.
      return kithError('start_failed', { part: 'the local API', reason: code ?? 'unknown' })
    }
  }

  #port(): number {
    return (this.#running?.app.server.address() as AddressInfo | null)?.port ?? 0
  }

  /** Ends what runs with a coded reason, and waits for that a moment. */
  async #close(): Promise<void> {
    const running = this.#running
    if (!running) return
    this.#running = null
    running.closing.abort()
    const closed = running.app.close()
    const { inTime } = await withDeadline(closed, closeDeadlineMs)
    if (inTime) return
    running.app.server.closeAllConnections()
    await closed
  }

  #set(slice: AppState['api']): void {
    this.#slice = slice
    this.options.onChange()
  }
}
