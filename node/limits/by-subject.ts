import { subjectText } from './limit-keys.ts'
import type { LimitSubject, LimitTerms } from './limiter.ts'

/** One value a subject, read from disk when it is first wanted. A failed reading is tried again at the next call. */
export class BySubject<Value> {
  readonly #opening = new Map<string, Promise<Value>>()
  readonly #open = new Map<string, Value>()

  constructor(private readonly load: (subject: LimitSubject, terms: LimitTerms) => Promise<Value>) {}

  open(subject: LimitSubject, terms: LimitTerms): Promise<Value> {
    const text = subjectText(subject)
    const known = this.#opening.get(text)
    if (known) return known
    const opening = this.load(subject, terms)
    this.#opening.set(text, opening)
    opening.then(
      (value) => this.#open.set(text, value),
      () => this.#opening.delete(text),
    )
    return opening
  }

  /** For whoever may not wait: null until it is read. */
  get(subject: LimitSubject): Value | null {
    return this.#open.get(subjectText(subject)) ?? null
  }

  /** Those that are read. */
  values(): readonly Value[] {
    return [...this.#open.values()]
  }
}
