import type { Attack } from '../attack.ts'
import type { Random } from '../harness/random.ts'
import { bees } from './bees.ts'
import { dense } from './dense-text.ts'
import { earlyLeaving } from './early-leaving.ts'
import { leases } from './leases.ts'
import { localPrograms } from './local-programs.ts'
import { nothing } from './nothing.ts'
import { replication } from './replication.ts'
import { replies } from './replies.ts'
import { rest } from './rest.ts'
import { settlement } from './settlement.ts'

/** Attacks of one kind, which the same law holds off. */
const families: readonly (readonly Attack[])[] = [
  nothing,
  bees,
  replication,
  replies,
  leases,
  settlement,
  earlyLeaving,
  dense,
  localPrograms,
  rest,
]

/** Every attack, in the order in which they are tried. */
export const allAttacks: readonly Attack[] = families.flat()

/** Every attack, and of the variants of each family one. */
export function drawAttacks(random: Random): readonly Attack[] {
  return families.flatMap((family) => {
    const [first, ...others] = family.filter(({ isVariant }) => isVariant)
    const drawn = first && random.pick([first, ...others])
    return family.filter((attack) => !attack.isVariant || attack === drawn)
  })
}
