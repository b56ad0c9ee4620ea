import type { Attack } from '../attack.ts'
import { bees } from './bees.ts'
import { dense } from './dense-text.ts'
import { earlyLeaving } from './early-leaving.ts'
import { leases } from './leases.ts'
import { nothing } from './nothing.ts'
import { replication } from './replication.ts'
import { replies } from './replies.ts'
import { settlement } from './settlement.ts'

/** Every attack, in the order in which they are tried. */
export const attacks: readonly Attack[] = [
  ...nothing,
  ...bees,
  ...replication,
  ...replies,
  ...leases,
  ...settlement,
  ...earlyLeaving,
  ...dense,
]
