import type { Caller } from '../../node/contract/api.ts'
import type { EventName, EventPayload } from '../../node/contract/contract.ts'
import { events } from '../../node/contract/contract.ts'
import { kithError, type KithError } from '../../node/contract/errors.ts'
import { fail, type Result } from '../../node/contract/result.ts'
import { withDeadline } from '../../node/base/deadline.ts'
import { Listeners } from '../../node/base/listeners.ts'
import type { Log } from '../../node/base/log.ts'
import type { StopReport } from '../../node/base/worker.ts'
import type { Peer } from '../../node/peer/peer.ts'
import { startFailure } from '../../node/control/start-failure.ts'

/** The peer as this host needs it: `createPeer` makes one, tests make a small fake. */
export type HostedPeer = Peer

export type HostedState =
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly peer: HostedPeer }
  | { readonly name: 'failed'; readonly error: KithError }
  | { readonly name: 'stopped' }

export type AnyEvent = { [N in EventName]: { readonly name: N; readonly payload: EventPayload<N> } }[EventName]

/** A call that comes while the peer starts waits for it this long. */
const startDeadlineMs = 60_000
const eventNames = Object.keys(events) as EventName[]

/**
 * Owns the one peer of this process through start, failure, retry and stop.
 *
 * A peer that cannot start leaves the window up: calls get the coded reason, and the next `start` makes a new peer.
 */
export class PeerHost {
  #state: HostedState = { name: 'starting' }
  #starting: Promise<void> | null = null
  #unlisten: (() => void)[] = []
  #eventListeners = new Listeners<AnyEvent>()
  #stateListeners = new Listeners<HostedState>()

  constructor(
    private readonly create: () => Promise<HostedPeer>,
    private readonly log: Log,
  ) {}

  get state(): HostedState {
    return this.#state
  }

  /** The running peer, or null. */
  get peer(): HostedPeer | null {
    return this.#state.name === 'running' ? this.#state.peer : null
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    return this.#eventListeners.add(listener)
  }

  onState(listener: (state: HostedState) => void): () => void {
    return this.#stateListeners.add(listener)
  }

  /** Starts the peer; never throws. A start in progress, or one that worked, is not repeated. */
  async start(): Promise<Result<void>> {
    if (this.#state.name === 'stopped') return fail('shutting_down', { machine: 'This computer' })
    if (this.#state.name !== 'running') {
      this.#starting ??= this.#start().finally(() => (this.#starting = null))
      await this.#starting
    }
    return this.#outcome()
  }

  /** Passes a call on, after the start where one is in progress. */
  async dispatch(name: string, input: unknown, caller?: Caller): Promise<Result<unknown>> {
    if (this.#state.name === 'starting') {
      const settled = await withDeadline(this.#whenSettled(), startDeadlineMs)
      if (!settled.inTime) return fail('start_failed', { part: 'the peer', reason: 'it takes too long' })
    }
    if (this.#state.name === 'running') return this.#state.peer.dispatch(name, input, caller)
    return this.#outcome()
  }

  /** Lets requests of others finish, until the signal fires. `tell` gets how many there are, if any. */
  async drain(signal: AbortSignal, tell: (requests: number) => void): Promise<void> {
    const { peer } = this
    if (!peer || peer.forOthers === 0) return
    tell(peer.forOthers)
    await peer.drain(signal)
  }

  /** Stops the peer for good. Never throws. */
  async stop(): Promise<StopReport> {
    await this.#starting
    const peer = this.peer
    this.#enter({ name: 'stopped' })
    for (const unlisten of this.#unlisten.splice(0)) unlisten()
    if (!peer) return { unclosed: [] }
    return peer.stop()
  }

  async #start(): Promise<void> {
    this.#enter({ name: 'starting' })
    try {
      const peer = await this.create()
      // Listening comes first: the first deltas may be sent during the start.
      this.#unlisten = eventNames.map((name) => this.#forward(peer, name))
      await peer.start()
      this.#enter({ name: 'running', peer })
    } catch (cause) {
      for (const unlisten of this.#unlisten.splice(0)) unlisten()
      const error = startFailure(cause)
      this.log.error({ cause, code: error.code }, 'the peer could not start')
      this.#enter({ name: 'failed', error })
    }
  }

  /** A page may be faster than the start: its calls wait until there is a peer, or a reason why not. */
  #whenSettled(): Promise<void> {
    return new Promise((resolve) => {
      const unlisten = this.onState((state) => {
        if (state.name === 'starting') return
        unlisten()
        resolve()
      })
    })
  }

  #forward(peer: HostedPeer, name: EventName): () => void {
    return peer.listen(name, (payload) => this.#emit({ name, payload } as AnyEvent))
  }

  #emit(event: AnyEvent): void {
    this.#eventListeners.emit(event)
  }

  #enter(state: HostedState): void {
    this.#state = state
    this.#stateListeners.emit(state)
  }

  #outcome(): Result<void> {
    switch (this.#state.name) {
      case 'running':
        return { ok: true, value: undefined }
      case 'failed':
        return { ok: false, error: this.#state.error }
      case 'stopped':
        return fail('shutting_down', { machine: 'This computer' })
      case 'starting':
        return { ok: false, error: kithError('start_failed', { part: 'the peer', reason: 'it has not begun yet' }) }
    }
  }
}
