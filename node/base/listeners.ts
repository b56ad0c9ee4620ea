/** Listeners to one kind of event. */
export class Listeners<T = void> {
  readonly #listeners = new Set<(value: T) => void>()

  get size(): number {
    return this.#listeners.size
  }

  /** Returns the unsubscribe function. */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells those who listen now; one that is added meanwhile hears of the next event. */
  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value)
  }
}

export interface NamedListenersOptions<Name> {
  /** The first listener to a name has come, or the last one has gone. */
  readonly onWanted?: (name: Name, isWanted: boolean) => void
  /** Takes what a listener throws, so that the others still hear; without it, it is thrown on. */
  readonly onFailure?: (cause: unknown, name: Name) => void
}

/** Listeners to several kinds of events, by name. `Events` says what each name brings. */
export class NamedListeners<Events extends object> {
  readonly #byName: { [N in keyof Events]?: Listeners<Events[N]> } = {}

  constructor(private readonly options: NamedListenersOptions<keyof Events> = {}) {}

  /** Returns the unsubscribe function. */
  add<N extends keyof Events>(name: N, listener: (payload: Events[N]) => void): () => void {
    const { onWanted, onFailure } = this.options
    const listeners: Listeners<Events[N]> = (this.#byName[name] ??= new Listeners<Events[N]>())
    const guarded = onFailure ? guard(listener, (cause) => onFailure(cause, name)) : listener
    if (listeners.size === 0) onWanted?.(name, true)
    const remove = listeners.add(guarded)
    let isListening = true
    return () => {
      if (!isListening) return
      isListening = false
      remove()
      if (listeners.size === 0) onWanted?.(name, false)
    }
  }

  emit<N extends keyof Events>(name: N, payload: Events[N]): void {
    this.#byName[name]?.emit(payload)
  }
}

function guard<T>(listener: (payload: T) => void, onFailure: (cause: unknown) => void): (payload: T) => void {
  return (payload) => {
    try {
      listener(payload)
    } catch (cause) {
      onFailure(cause)
    }
  }
}
