/** Something with a number of slots: an engine. Its identity keeps lanes apart. */
export interface Lane {
  readonly slots: number
}

/** A place in the queue, and then a slot, until it is released. */
export interface Ticket {
  /** 0 when it has a slot; otherwise its place among those who wait for the same lane. */
  readonly place: number
  /** Resolves true with a slot, false when the ticket was released first. */
  readonly granted: Promise<boolean>
  /** Fires when the place changes. */
  onPlace(listener: (place: number) => void): void
  /** Gives the slot or the place back. May be called at any time, more than once. */
  release(): void
}

export interface SchedulerLimits {
  /** Requests that may wait in all. */
  readonly waiting: number
  /** Requests of one account that may wait. The owner's own are bounded by the whole queue only. */
  readonly waitingPerAccount: number
}

export const defaultSchedulerLimits: SchedulerLimits = { waiting: 64, waitingPerAccount: 8 }

interface Entry {
  readonly lane: Lane
  readonly account: string
  readonly isLocal: boolean
  place: number
  state: 'waiting' | 'running' | 'done'
  grant: (granted: boolean) => void
  onPlace: (place: number) => void
}

/**
 * Decides whose request an engine takes next.
 *
 * The owner's own requests come first, in order. Behind them accounts take turns: one request each,
 * beginning with the account whose last turn is longest ago.
 */
export class Scheduler {
  #waiting: Entry[] = []
  readonly #running = new Set<Entry>()
  /** Turn number of the last request taken, by account. */
  readonly #lastTurn = new Map<string, number>()
  #turn = 0

  constructor(
    private readonly onChange: () => void,
    private readonly limits: SchedulerLimits = defaultSchedulerLimits,
  ) {}

  get activeCount(): number {
    return this.#running.size
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Null when the queue is full. */
  enter(request: { lane: Lane; account: string; isLocal: boolean }): Ticket | null {
    if (!this.#hasRoom(request)) return null
    let grant: (granted: boolean) => void = () => undefined
    const granted = new Promise<boolean>((resolve) => (grant = resolve))
    const entry: Entry = { ...request, place: 1, state: 'waiting', grant, onPlace: () => undefined }
    this.#waiting.push(entry)
    this.#advance()
    return {
      get place() {
        return entry.place
      },
      granted,
      onPlace: (listener) => (entry.onPlace = listener),
      release: () => this.#release(entry),
    }
  }

  #hasRoom(request: { lane: Lane; account: string; isLocal: boolean }): boolean {
    if (this.#runningOn(request.lane) < request.lane.slots) return true
    if (this.#waiting.length >= this.limits.waiting) return false
    if (request.isLocal) return true
    const ofAccount = this.#waiting.filter((entry) => !entry.isLocal && entry.account === request.account)
    return ofAccount.length < this.limits.waitingPerAccount
  }

  #release(entry: Entry): void {
    if (entry.state === 'done') return
    entry.state = 'done'
    entry.grant(false)
    this.#running.delete(entry)
    this.#waiting = this.#waiting.filter((other) => other !== entry)
    this.#advance()
  }

  /** Assigns free slots, then tells waiting requests their place. */
  #advance(): void {
    const lanes = new Set(this.#waiting.map((entry) => entry.lane))
    for (const lane of lanes) {
      const order = this.#order(lane)
      const free = Math.max(0, lane.slots - this.#runningOn(lane))
      order.slice(0, free).forEach((entry) => this.#take(entry))
      order.slice(free).forEach((entry, index) => moveTo(entry, index + 1))
    }
    this.#forgetIdleAccounts()
    this.onChange()
  }

  #take(entry: Entry): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry)
    this.#running.add(entry)
    if (!entry.isLocal) this.#lastTurn.set(entry.account, ++this.#turn)
    entry.state = 'running'
    moveTo(entry, 0)
    entry.grant(true)
  }

  /** Who waits for a lane, in the order in which they would be taken. */
  #order(lane: Lane): Entry[] {
    const waiting = this.#waiting.filter((entry) => entry.lane === lane)
    const order = waiting.filter((entry) => entry.isLocal)
    const remote = waiting.filter((entry) => !entry.isLocal)
    const lastTurn = new Map(this.#lastTurn)
    let turn = this.#turn
    while (remote.length > 0) {
      const next = remote.reduce((best, entry) =>
        (lastTurn.get(entry.account) ?? 0) < (lastTurn.get(best.account) ?? 0) ? entry : best,
      )
      remote.splice(remote.indexOf(next), 1)
      lastTurn.set(next.account, ++turn)
      order.push(next)
    }
    return order
  }

  #runningOn(lane: Lane): number {
    return [...this.#running].filter((entry) => entry.lane === lane).length
  }

  /** Turns matter only while somebody waits or runs; without this the map would grow for ever. */
  #forgetIdleAccounts(): void {
    const present = new Set([...this.#waiting, ...this.#running].map((entry) => entry.account))
    if (this.#waiting.length > 0) return
    for (const account of this.#lastTurn.keys()) if (!present.has(account)) this.#lastTurn.delete(account)
  }
}

function moveTo(entry: Entry, place: number): void {
  if (entry.place === place) return
  entry.place = place
  entry.onPlace(place)
}
