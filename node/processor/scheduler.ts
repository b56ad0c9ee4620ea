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
  /** Text of the prompts that may wait, in all and of one account. */
  readonly waitingBytes: number
  readonly waitingBytesPerAccount: number
}

export const defaultSchedulerLimits: SchedulerLimits = {
  waiting: 512,
  waitingPerAccount: 64,
  waitingBytes: 256 * 1024 * 1024,
  waitingBytesPerAccount: 32 * 1024 * 1024,
}

/** What asks for a slot. */
export interface SlotRequest {
  readonly lane: Lane
  readonly account: string
  /** Whether it is the owner's own. */
  readonly isLocal: boolean
  /** The text of its prompt, which is kept while it waits. */
  readonly bytes: number
}

interface Entry extends SlotRequest {
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
  readonly #limits: SchedulerLimits

  constructor(
    private readonly onChange: () => void,
    limits: Partial<SchedulerLimits> = {},
  ) {
    this.#limits = { ...defaultSchedulerLimits, ...limits }
  }

  get activeCount(): number {
    return this.#running.size
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Null when the queue is full. */
  enter(request: SlotRequest): Ticket | null {
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

  /** The slots of an engine have changed. */
  lanesChanged(): void {
    this.#advance()
  }

  #hasRoom(request: SlotRequest): boolean {
    if (this.#runningOn(request.lane) < request.lane.slots) return true
    const { waiting, waitingPerAccount, waitingBytes, waitingBytesPerAccount } = this.#limits
    if (!fits(this.#waiting, request, waiting, waitingBytes)) return false
    if (request.isLocal) return true
    const ofAccount = this.#waiting.filter((entry) => !entry.isLocal && entry.account === request.account)
    return fits(ofAccount, request, waitingPerAccount, waitingBytesPerAccount)
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
    const own = waiting.filter((entry) => entry.isLocal)
    const byAccount = new Map<string, Entry[]>()
    for (const entry of waiting) {
      if (entry.isLocal) continue
      const ofAccount = byAccount.get(entry.account)
      if (ofAccount) ofAccount.push(entry)
      else byAccount.set(entry.account, [entry])
    }
    const lastTurn = (account: string): number => this.#lastTurn.get(account) ?? 0
    const accounts = [...byAccount].sort(([one], [other]) => lastTurn(one) - lastTurn(other))
    const rounds = Math.max(0, ...accounts.map(([, entries]) => entries.length))
    // Whoever had a turn is last from then on, so that the order of the first round is that of all.
    const turns = Array.from({ length: rounds }, (_, round) => accounts.flatMap(([, entries]) => entries[round] ?? []))
    return [...own, ...turns.flat()]
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

/** Whether one more may wait beside these. */
function fits(waiting: readonly Entry[], request: SlotRequest, most: number, mostBytes: number): boolean {
  const bytes = waiting.reduce((sum, entry) => sum + entry.bytes, 0)
  return waiting.length < most && bytes + request.bytes <= mostBytes
}

function moveTo(entry: Entry, place: number): void {
  if (entry.place === place) return
  entry.place = place
  entry.onPlace(place)
}
