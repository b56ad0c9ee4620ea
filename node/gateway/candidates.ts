import type { DeviceId, PoolId } from '../contract/ids.ts'
import type { RemoteMachine } from '../protocol/machines.ts'
import type { LocalProcessor } from '../processor/processor.ts'

/** A machine that could answer: this one, or another. */
export type Candidate =
  | { readonly kind: 'local'; readonly processor: LocalProcessor }
  | { readonly kind: 'remote'; readonly machine: RemoteMachine }

/** Why a machine of the pool cannot answer a question; the whole vocabulary. */
export type GateReason = 'not_in_pool' | 'silent' | 'sharing_off' | 'no_model' | 'tried'

/** Models a machine was last seen with, so that one that stopped sharing can still be named as the reason. */
export class KnownModels {
  readonly #byDevice = new Map<DeviceId, { readonly name: string; readonly models: ReadonlySet<string> }>()

  note(machines: readonly RemoteMachine[]): void {
    for (const machine of machines) {
      if (!machine.capabilities?.isSharing) continue
      const models = new Set(machine.capabilities.models.map((model) => model.name))
      this.#byDevice.set(machine.deviceId, { name: machine.name, models })
    }
  }

  had(deviceId: DeviceId, model: string): boolean {
    return this.#byDevice.get(deviceId)?.models.has(model) ?? false
  }
}

/** The gate of a remote machine: null when it may be asked. */
export function gateReason(
  machine: RemoteMachine,
  question: { readonly poolId: PoolId; readonly model: string },
  tried: ReadonlySet<DeviceId>,
): GateReason | null {
  if (!machine.poolIds.includes(question.poolId)) return 'not_in_pool'
  if (tried.has(machine.deviceId)) return 'tried'
  if (!machine.capabilities) return 'silent'
  if (!machine.capabilities.isSharing) return 'sharing_off'
  return machine.capabilities.models.some((model) => model.name === question.model) ? null : 'no_model'
}

/** Questions per slot: what was reported, or what this gateway has sent since, whichever is more. */
export function loadOf(candidate: Candidate, inFlight: (deviceId: DeviceId) => number): number {
  if (candidate.kind === 'local') {
    const { active, waiting, slots } = candidate.processor.load()
    return (active + waiting) / Math.max(1, slots)
  }
  const { deviceId, capabilities } = candidate.machine
  if (!capabilities) return Number.POSITIVE_INFINITY
  const active = Math.max(capabilities.activeAnswers, inFlight(deviceId))
  return (active + capabilities.waitingAnswers) / Math.max(1, capabilities.slots)
}

/** Takes the less loaded of two random others, and this computer where that is not busier. */
export function pick(
  candidates: readonly Candidate[],
  load: (candidate: Candidate) => number,
  random: () => number = Math.random,
): Candidate | null {
  const others = candidates.filter((candidate) => candidate.kind === 'remote')
  const [first, second] = twoOf(others, random)
  const other = first && second && load(second) < load(first) ? second : first
  const own = candidates.find((candidate) => candidate.kind === 'local')
  if (!own || !other) return own ?? other ?? null
  return load(own) <= load(other) ? own : other
}

function twoOf<T>(list: readonly T[], random: () => number): [T | undefined, T | undefined] {
  if (list.length < 2) return [list[0], undefined]
  const first = Math.floor(random() * list.length)
  const step = 1 + Math.floor(random() * (list.length - 1))
  return [list[first], list[(first + step) % list.length]]
}
