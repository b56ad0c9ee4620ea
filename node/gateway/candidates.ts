import { findNamed, type NamedModel } from '../base/model-name.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import type { LocalProcessor } from '../protocol/local-processor.ts'
import type { RemoteMachine } from '../protocol/machines.ts'
import type { KnownModels } from './known-models.ts'

type Place =
  | { readonly kind: 'local'; readonly processor: LocalProcessor }
  | { readonly kind: 'remote'; readonly machine: RemoteMachine; readonly isDoubted: boolean }

/** A machine that could take a request: this one, or another. */
export type Candidate = Place & {
  /** The model by its own name there. */
  readonly model: string
}

/**
 * Why a machine cannot take a request; the complete list.
 *
 * `silent`: it has not said what it can do. `sharing_off`: it had the model when it last shared.
 */
export type GateReason = 'not_in_pool' | 'tried' | 'silent' | 'sharing_off' | 'no_model'

/** A machine that cannot take a request, with the reason. */
export interface GatedMachine {
  readonly name: string
  /** Whose it is; absent where it is of our own account. */
  readonly ownerName?: string
  readonly reason: GateReason
}

export interface Sorted {
  readonly candidates: readonly Candidate[]
  readonly gated: readonly GatedMachine[]
}

/** What decides whether a machine can take a request. */
export interface Gates {
  readonly poolId: PoolId
  readonly model: string
  readonly tried: ReadonlySet<DeviceId>
  readonly isLocalTried: boolean
  readonly known: KnownModels
  /** Whether what a machine said of its tokens could not be true lately: it is asked last. */
  readonly isDoubted: (deviceId: DeviceId) => boolean
}

/** Sorts the machines into those that can take a request and those that cannot. */
export function sortMachines(local: LocalProcessor | null, machines: readonly RemoteMachine[], gates: Gates): Sorted {
  const candidates: Candidate[] = []
  const gated: GatedMachine[] = []
  if (local) {
    const found = findNamed(local.models(), gates.model)
    if (found && !gates.isLocalTried) candidates.push({ kind: 'local', processor: local, model: found.name })
    else gated.push({ name: 'this computer', reason: gates.isLocalTried ? 'tried' : 'no_model' })
  }
  for (const machine of machines) {
    const { isSharing = false, models = [] } = machine.capabilities ?? {}
    const found = isSharing ? findNamed(models, gates.model) : null
    const reason = gateOf(machine, found, gates)
    if (reason) gated.push({ ...whose(machine), reason })
    else if (found) {
      candidates.push({ kind: 'remote', machine, isDoubted: gates.isDoubted(machine.deviceId), model: found.name })
    }
  }
  return { candidates, gated }
}

function gateOf(
  machine: RemoteMachine,
  found: NamedModel | null,
  { poolId, model, tried, known }: Gates,
): GateReason | null {
  const { deviceId, poolIds, capabilities } = machine
  if (!poolIds.includes(poolId)) return 'not_in_pool'
  if (tried.has(deviceId)) return 'tried'
  if (!capabilities) return 'silent'
  if (!capabilities.isSharing && known.had(deviceId, model)) return 'sharing_off'
  return found ? null : 'no_model'
}

function whose({ name, ownerName }: RemoteMachine): Omit<GatedMachine, 'reason'> {
  return ownerName === undefined ? { name } : { name, ownerName }
}
