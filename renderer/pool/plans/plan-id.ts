import { planIdSchema, type PlanId } from '../../../node/contract/ids.ts'
import type { Plan } from '../../../node/contract/pools.ts'

const maxLength = 28

/** An id that a person can read, made of a plan's name, and that no plan has yet. */
export function freePlanId(name: string, plans: readonly Plan[]): PlanId {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '')
  const stem = words === '' ? 'plan' : words
  const taken = new Set<string>(plans.map((plan) => plan.planId))
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${String(number)}`
    if (!taken.has(id)) return planIdSchema.parse(id)
  }
}
