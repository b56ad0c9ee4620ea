import type { DeviceId } from '../contract/ids.ts'
import type { RemoteMachine } from '../protocol/machines.ts'

/** Models a machine was last seen with, so that one that stopped sharing can still be named as the reason. */
export class KnownModels {
  readonly #byDevice = new Map<DeviceId, ReadonlySet<string>>()

  note(machines: readonly RemoteMachine[]): void {
    for (const { deviceId, capabilities } of machines) {
      if (!capabilities?.isSharing) continue
      this.#byDevice.set(deviceId, new Set(capabilities.models.map((model) => model.name)))
    }
  }

  had(deviceId: DeviceId, model: string): boolean {
    return this.#byDevice.get(deviceId)?.has(model) ?? false
  }
}
