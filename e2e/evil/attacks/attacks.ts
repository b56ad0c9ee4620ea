import type { Attack } from '../attack.ts'
import type { Random } from '../harness/random.ts'
import { bees } from './bees.ts'
import { clocks } from './clocks.ts'
import { dense } from './dense-text.ts'
import { earlyLeaving } from './early-leaving.ts'
import { leases } from './leases.ts'
import { localPrograms } from './local-programs.ts'
import { nothing } from './nothing.ts'
import { receipts } from './receipts.ts'
import { replication } from './replication.ts'
import { replies } from './replies.ts'
import { rest } from './rest.ts'
import { settlement } from './settlement.ts'
import { takenPorts } from './taken-ports.ts'
import { terminals } from './terminals.ts'

/** Attacks of one kind, which the same law holds off. */
const families: readonly (readonly Attack[])[] = [
  nothing,
  bees,
  replication,
  replies,
  leases,
  settlement,
  receipts,
  clocks,
  earlyLeaving,
  dense,
  terminals,
  localPrograms,
  takenPorts,
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
