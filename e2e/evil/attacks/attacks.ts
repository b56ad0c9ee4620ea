import type { Attack } from '../attack.ts'
import { nothing } from './nothing.ts'

/** Every attack, in the order in which they are tried. */
export const attacks: readonly Attack[] = [...nothing]
