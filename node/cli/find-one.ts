import { fail, ok, type Result } from '../contract/result.ts'

/** How the items of a list are named. */
export interface Naming<T> {
  readonly kind: string
  readonly option: string
  readonly name: (item: T) => string
  /** The first six characters or more of it name the item. */
  readonly id: (item: T) => string
  readonly none: () => Result<never>
}

/** The item that a person means by its name or by at least the first six characters of its id. */
export function findOne<T>(items: readonly T[], text: string, naming: Naming<T>): Result<T> {
  const wanted = text.toLowerCase()
  const isTag = /^[0-9a-f-]{6,64}$/.test(wanted)
  const byId = isTag ? items.filter((item) => naming.id(item).startsWith(wanted)) : []
  const byName = items.filter((item) => naming.name(item).toLowerCase() === wanted)
  const found = [...new Set([...byName, ...byId])]
  const [only, ...others] = found
  if (only === undefined) return naming.none()
  if (others.length === 0) return ok(only)
  const choices = found.map((item) => `${naming.name(item)} (${naming.id(item).slice(0, 6)})`).join(', ')
  return fail('choice_needed', { kind: naming.kind, choices: choices.slice(0, 400), option: naming.option })
}
