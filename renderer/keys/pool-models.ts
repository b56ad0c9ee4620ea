import type { PoolId } from '../../node/contract/ids.ts'
import type { Machine } from '../../node/contract/state.ts'

/** The models that computers of a pool offer or that lie here, each once, in the order of their names. */
export function modelsOfPool(
  machines: readonly Machine[],
  local: readonly { readonly name: string }[],
  poolId: PoolId,
): string[] {
  const offered = machines
    .filter((machine) => !machine.isSelf && machine.isSharing && machine.poolIds.includes(poolId))
    .flatMap((machine) => machine.models)
  return [...new Set([...local, ...offered].map(({ name }) => name))].sort((first, second) =>
    first.localeCompare(second),
  )
}
