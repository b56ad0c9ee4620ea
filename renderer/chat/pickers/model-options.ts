import type { AccountId, PoolId } from '../../../node/contract/ids.ts'
import type { Machine, Model, Pool } from '../../../node/contract/state.ts'

/** A model that can be asked in a pool, with the computers that offer it. */
export interface ModelOption {
  readonly name: string
  readonly isOnThisComputer: boolean
  readonly isLoaded: boolean
  /** Other computers that offer it, own ones first. */
  readonly others: readonly Machine[]
  /** Whether every computer that offers it belongs to somebody else. */
  readonly isOnlyOthers: boolean
  /** Names of the people who could read a question to it; empty where nobody could. */
  readonly readers: readonly string[]
}

function offers(machine: Machine, poolId: PoolId): boolean {
  return !machine.isSelf && machine.isSharing && machine.connection === 'admitted' && machine.poolIds.includes(poolId)
}

/** Everything that can answer in a pool: this computer's models first, then by name. */
export function modelOptions(
  local: readonly Model[],
  machines: readonly Machine[],
  poolId: PoolId,
  accountId: AccountId,
): readonly ModelOption[] {
  const others = machines.filter((machine) => offers(machine, poolId))
  const names = new Set([...local, ...others.flatMap((machine) => machine.models)].map((model) => model.name))
  return [...names]
    .map((name): ModelOption => {
      const own = local.find((model) => model.name === name)
      const serving = others
        .filter((machine) => machine.models.some((model) => model.name === name))
        .sort((first, second) => Number(second.accountId === accountId) - Number(first.accountId === accountId))
      const foreign = serving.filter((machine) => machine.accountId !== accountId)
      return {
        name,
        isOnThisComputer: own !== undefined,
        isLoaded:
          own?.isLoaded === true ||
          serving.some((machine) => machine.models.some((model) => model.name === name && model.isLoaded)),
        others: serving,
        isOnlyOthers: own === undefined && foreign.length === serving.length,
        readers: [...new Set(foreign.map((machine) => machine.ownerName))],
      }
    })
    .sort(
      (first, second) =>
        Number(second.isOnThisComputer) - Number(first.isOnThisComputer) || first.name.localeCompare(second.name),
    )
}

/** The pool a question goes to: the last one chosen, else one shared with people, else the private one. */
export function chosenPool(pools: readonly Pool[], chosen: PoolId | null): Pool | null {
  const usable = pools.filter((pool) => pool.state !== 'refused')
  return (
    usable.find((pool) => pool.poolId === chosen) ??
    usable.find((pool) => pool.kind === 'shared') ??
    usable[0] ??
    pools[0] ??
    null
  )
}

/** The model a question goes to: the last one chosen, even if it is away just now, else the first on offer. */
export function chosenModel(options: readonly ModelOption[], chosen: string | null): string | null {
  return chosen ?? options[0]?.name ?? null
}
