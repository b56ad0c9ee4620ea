import { isNamed, type NamedModel } from '../base/model-name.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import type { RemoteMachine } from '../protocol/machines.ts'

/** Machines that are remembered; the one not heard of for longest goes first. */
const maxMachines = 256

/** What a machine was last seen with. */
export interface KnownMachine {
  readonly deviceId: DeviceId
  readonly poolIds: readonly PoolId[]
  readonly models: readonly NamedModel[]
}

/** Where that outlasts this run. */
export interface KeptMachines {
  read(): Promise<readonly KnownMachine[]>
  /** A machine was seen for the first time in this run, or with something else. Never throws. */
  keep(machine: KnownMachine): void
  /** Resolves when all of it is written. */
  written(): Promise<void>
}

/**
 * Models a machine was last seen with, so that one that has gone, or stopped sharing, can still be named as the reason:
 * a model of that kind is away, and any other does not exist.
 */
export class KnownModels {
  readonly #byDevice = new Map<DeviceId, KnownMachine>()
  /** The list of this computer that was noted last: it is another one only when the models may have changed. */
  #own: readonly NamedModel[] = []
  /** Seen in this run. */
  readonly #seen = new Set<DeviceId>()

  constructor(private readonly kept: KeptMachines) {}

  /** Takes up what earlier runs knew. */
  async open(): Promise<void> {
    const before = await this.kept.read()
    for (const machine of before)
      if (!this.#byDevice.has(machine.deviceId)) this.#byDevice.set(machine.deviceId, machine)
  }

  note(machines: readonly RemoteMachine[]): void {
    for (const { deviceId, poolIds, capabilities } of machines) {
      if (capabilities?.isSharing) this.#note({ deviceId, poolIds, models: namesOf(capabilities.models) })
    }
  }

  /** An engine that is not running now has the models it had; which pool asks does not matter. */
  noteOwn(deviceId: DeviceId, models: readonly NamedModel[]): void {
    if (models === this.#own) return
    this.#own = models
    const names = new Set(models.map(({ name }) => name))
    const before = this.#byDevice.get(deviceId)?.models ?? []
    const gone = before.filter(({ name }) => !names.has(name))
    if (models.length > 0) this.#note({ deviceId, poolIds: [], models: namesOf([...models, ...gone]).slice(0, maxOwn) })
  }

  had(deviceId: DeviceId, model: string): boolean {
    return this.#byDevice.get(deviceId)?.models.some((one) => isNamed(one, model)) ?? false
  }

  /** Whether this computer, or a machine of the pool, has had the model. */
  has(poolId: PoolId, model: string): boolean {
    return [...this.#byDevice.values()].some(
      ({ poolIds, models }) =>
        (poolIds.length === 0 || poolIds.includes(poolId)) && models.some((one) => isNamed(one, model)),
    )
  }

  #note(machine: KnownMachine): void {
    const before = this.#byDevice.get(machine.deviceId)
    this.#byDevice.delete(machine.deviceId)
    this.#byDevice.set(machine.deviceId, machine)
    for (const oldest of this.#byDevice.keys()) {
      if (this.#byDevice.size <= maxMachines) break
      this.#byDevice.delete(oldest)
    }
    if (this.#seen.has(machine.deviceId) && JSON.stringify(before) === JSON.stringify(machine)) return
    this.#seen.add(machine.deviceId)
    this.kept.keep(machine)
  }
}

/** Models of this computer that are remembered. */
const maxOwn = 1_000

function namesOf(models: readonly NamedModel[]): NamedModel[] {
  return models.map(({ name, engine }) => ({ name, engine }))
}
