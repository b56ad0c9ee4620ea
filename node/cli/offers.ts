import { findNamed } from '../base/model-name.ts'
import type { AppState, Machine, Model, Pool } from '../contract/state.ts'

/** A model that can be asked now. */
export interface Offer {
  readonly pool: Pool
  readonly machine: Machine
  readonly model: string
}

export interface OfferWish {
  readonly model: string | undefined
  readonly poolId: string | undefined
}

/**
 * The offer to use: nearest first, so that a request leaves one's own computers only where it must.
 *
 * The pools come in the order My devices, the last one used in the chat window, the others.
 */
export function findOffer(state: AppState, wish: OfferWish): Offer | null {
  for (const pool of poolsToAsk(state, wish.poolId)) {
    const offers = offersIn(state, pool)
    const wanted = wish.model ?? state.settings.chatModel
    const named = findNamed(
      offers.map(({ model }) => model),
      wanted ?? '',
    )
    const exact = offers.find(({ model }) => model === named)
    const any = offers.find(({ model }) => model.isLoaded) ?? offers[0]
    const found = exact ?? (wish.model === undefined ? any : undefined)
    if (found) return { ...found, model: found.model.name }
  }
  return null
}

/** Names of all models that can be asked now. */
export function offeredModels(state: AppState, poolId: string | undefined): string[] {
  const offers = poolsToAsk(state, poolId).flatMap((pool) => offersIn(state, pool))
  return [...new Set(offers.map(({ model }) => model.name))]
}

/** A model that another computer offers now. */
export interface OtherOffer {
  readonly machine: Machine
  readonly model: Model
}

/** What other computers offer now in any pool, each model of each computer once. */
export function offeredByOthers(state: AppState): OtherOffer[] {
  const askable = (machine: Machine): boolean => poolsToAsk(state, undefined).some((pool) => isAskable(machine, pool))
  return state.machines
    .filter((machine) => !machine.isSelf && askable(machine))
    .flatMap((machine) => machine.models.map((model) => ({ machine, model })))
}

function offersIn(state: AppState, pool: Pool) {
  return state.machines
    .filter((machine) => isAskable(machine, pool))
    .flatMap((machine) => machine.models.map((model) => ({ pool, machine, model })))
}

function poolsToAsk(state: AppState, poolId: string | undefined): Pool[] {
  const usable = state.pools.filter((pool) => pool.state === 'active' || pool.state === 'provisional')
  if (poolId !== undefined) return usable.filter((pool) => pool.poolId === poolId)
  const rank = (pool: Pool): number => {
    if (pool.kind === 'devices') return 0
    return pool.poolId === state.settings.chatPoolId ? 1 : 2
  }
  return [...usable].sort((one, other) => rank(one) - rank(other))
}

function isAskable(machine: Machine, pool: Pool): boolean {
  if (!machine.poolIds.includes(pool.poolId)) return false
  return machine.isSelf || (machine.connection === 'admitted' && machine.isSharing)
}
