/** The kinds of bees that a pool's devices send each other. */
export type SharedKind = 'directory' | 'envelopes' | 'member' | 'usage'

/** Every kind of bee: those that are shared, and those that never leave the install. */
export type BeeKind = SharedKind | 'local' | 'index'

/**
 * How many blocks a core of each kind may have, at most.
 *
 * A signed length costs its writer nothing, so whoever reads or replicates a core refuses one beyond this. Cores that
 * never leave the install have no such writer.
 */
export const maxCoreLength: Readonly<Record<BeeKind, number>> = {
  directory: 2 ** 20,
  envelopes: 2 ** 20,
  member: 2 ** 20,
  usage: 2 ** 24,
  local: Infinity,
  index: Infinity,
}

/** How many bytes those blocks may have together, at most: what a device can make every other one store. */
export const maxCoreBytes: Readonly<Record<BeeKind, number>> = {
  directory: 2 ** 28,
  envelopes: 2 ** 28,
  member: 2 ** 28,
  usage: 2 ** 34,
  local: Infinity,
  index: Infinity,
}
