/** Remembers the last ids seen, so that a repeated call is known. The oldest are forgotten first. */
export class ReplayGuard {
  readonly #seen = new Set<string>()

  constructor(private readonly capacity = 10_000) {}

  /** Whether the id is new. Remembers it. */
  isNew(id: string): boolean {
    if (this.#seen.has(id)) return false
    this.#seen.add(id)
    if (this.#seen.size > this.capacity) {
      const [oldest] = this.#seen
      if (oldest !== undefined) this.#seen.delete(oldest)
    }
    return true
  }
}
