import { healthy, type Facility, type Health } from '../base/facility.ts'
import { Serial } from '../base/serial.ts'
import type { AppState } from '../contract/state.ts'
import { listen, type ListeningServer } from './listening-server.ts'
import type { LocalApiOptions } from './local-api-options.ts'

/** The default port, where programs look first. */
export const usualPort = 11_535

interface Running {
  readonly server: ListeningServer
  /** The port that was asked for, to see whether the settings have changed. */
  readonly wantedPort: number | null
}

/**
 * The local HTTP API: `http://127.0.0.1:<port>/v1`, for programs on this computer.
 *
 * It follows the settings, and never makes the peer fail: where it cannot listen, its slice of the state says why.
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
    const first = await listen(this.options, wantedPort ?? usualPort)
    // Another install of this person may have the usual port.
    const isTaken = !first.ok && first.error.code === 'port_taken'
    const opened = isTaken && wantedPort === null ? await listen(this.options, 0) : first
    const isLocalhostTaken = opened.ok && opened.value.isLocalhostTaken
    const takenPort = isTaken ? (wantedPort ?? usualPort) : isLocalhostTaken ? opened.value.port : null
    const taken = takenPort === null ? {} : { takenPort }
    if (opened.ok) {
      this.#running = { server: opened.value, wantedPort }
      this.#set({ state: 'running', url: `http://127.0.0.1:${opened.value.port}/v1`, error: null, ...taken })
    } else this.#set({ state: 'failed', url: null, error: opened.error, ...taken })
  }

  async #close(): Promise<void> {
    const running = this.#running
    this.#running = null
    await running?.server.close()
  }

  #set(slice: AppState['api']): void {
    this.#slice = slice
    this.options.onChange()
  }
}
