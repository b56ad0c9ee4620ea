import type { DeviceId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'
import { memberKeys, profileSchema, type Profile } from './records.ts'

/** Profiles are as few as devices of a pool; more are not kept. */
const maxProfiles = 4_096

/**
 * What the devices of a pool say of themselves in their member bees, so that each has a name while it is off.
 * The bee of the latest epoch counts.
 */
export class DeviceProfiles {
  readonly #known = new Map<DeviceId, { readonly epoch: number; readonly profile: Profile }>()

  constructor(private readonly onChange: () => void) {}

  /** Null where a device has said nothing that was received here. */
  of(deviceId: DeviceId): Profile | null {
    return this.#known.get(deviceId)?.profile ?? null
  }

  async read(deviceId: DeviceId, epoch: number, member: Bee): Promise<void> {
    const profile = await member.get(memberKeys.profile, profileSchema)
    const known = this.#known.get(deviceId)
    if (!profile || (known && known.epoch > epoch) || (!known && this.#known.size >= maxProfiles)) return
    this.#known.set(deviceId, { epoch, profile })
    if (JSON.stringify(known?.profile) !== JSON.stringify(profile)) this.onChange()
  }
}
