import type { Facility } from './facility.ts'

/** Sorts facilities so that each comes after what it needs; throws on a missing need or a circle. */
export function startOrder(facilities: readonly Facility[]): Facility[] {
  const byName = new Map(facilities.map((facility) => [facility.name, facility]))
  if (byName.size !== facilities.length) throw new Error('Two facilities share a name')
  const ordered: Facility[] = []
  const visiting = new Set<string>()

  function visit(facility: Facility): void {
    if (ordered.includes(facility)) return
    if (visiting.has(facility.name)) throw new Error(`Facilities need each other in a circle at "${facility.name}"`)
    visiting.add(facility.name)
    for (const need of facility.needs) {
      const needed = byName.get(need)
      if (!needed) throw new Error(`Facility "${facility.name}" needs "${need}", which is not there`)
      visit(needed)
    }
    visiting.delete(facility.name)
    ordered.push(facility)
  }

  facilities.forEach(visit)
  return ordered
}
