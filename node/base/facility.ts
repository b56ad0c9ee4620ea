/** How a facility or worker is doing, for the status file, the window and `kith status`. */
export interface Health {
  readonly state: 'ok' | 'degraded' | 'failed'
  /** A sentence a person can read. */
  readonly reason: string
}

export const healthy: Health = { state: 'ok', reason: 'Working.' }

/**
 * One part of a worker that starts and stops.
 *
 * `needs` names facilities that must run first; the order is derived, and stopping goes in reverse.
 * `start` throws only for bugs and for failures that make the worker useless; it must close what it
 * opened before it throws. `stop` is called once, only after a start that succeeded.
 */
export interface Facility {
  readonly name: string
  readonly needs: readonly string[]
  start(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  suspend?(): Promise<void>
  resume?(): Promise<void>
  /** Refuse new work and let what runs finish until the signal fires. */
  drain?(signal: AbortSignal): Promise<void>
  health(): Health
}
