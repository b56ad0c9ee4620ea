import { z } from 'zod'
import type { SharedKind } from '../../base/core-limits.ts'
import { accountIdSchema, deviceIdSchema, tagOf, type DeviceId, type PoolId } from '../../contract/ids.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import type { Bee } from '../../state/bee.ts'
import type { Directory } from './membership.ts'
import { localKeys } from './records.ts'

const kinds = ['directory', 'envelopes', 'member', 'usage'] as const satisfies readonly SharedKind[]

const setAsideSchema = z.object({
  kind: z.enum(kinds),
  /** Key of the core, in hexadecimal. */
  core: z.string().regex(/^[0-9a-f]{64}$/),
  /** The device that named the core as its own, and its account where that was known. */
  deviceId: deviceIdSchema,
  accountId: accountIdSchema.nullable(),
  code: z.enum(['records_malformed', 'records_too_long']),
  reason: z.string().max(200),
  atMs: z.number(),
})

/** A core that is not read any more, because its device wrote what no honest one writes. */
export type SetAsideCore = z.infer<typeof setAsideSchema>

/** A device that had so many cores set aside gets no other opened, so that it cannot fill our store with new ones. */
const maxOfDevice = 8

/**
 * The cores of a pool that are set aside, kept in the local store so that a restart does not read them again.
 *
 * A core counts as set aside only for the device that named it: one that names the core of another, to have it set aside,
 * harms nobody but itself.
 */
export class SetAside {
  readonly #cores = new Map<string, SetAsideCore>()

  constructor(
    private readonly local: Bee,
    private readonly poolId: PoolId,
  ) {}

  get all(): readonly SetAsideCore[] {
    return [...this.#cores.values()]
  }

  async open(): Promise<void> {
    for (const { key, value } of await this.local.list(localKeys.setAside(this.poolId), setAsideSchema)) {
      this.#cores.set(key, value)
    }
  }

  /** The core if it is set aside; any of the device's where it has had too many. */
  of(deviceId: DeviceId, core: string): SetAsideCore | null {
    const known = this.#cores.get(nameOf(deviceId, core))
    if (known) return known
    const ofDevice = this.all.filter((one) => one.deviceId === deviceId)
    return ofDevice.length >= maxOfDevice ? (ofDevice.at(-1) ?? null) : null
  }

  async add(core: SetAsideCore): Promise<void> {
    const name = nameOf(core.deviceId, core.core)
    this.#cores.set(name, core)
    await this.local.put(localKeys.setAside(this.poolId) + name, core)
  }
}

function nameOf(deviceId: DeviceId, core: string): string {
  return `${deviceId}/${core}`
}

/** What a person is told of a core that is set aside. `machine` is the name of its computer, where that is known. */
export function setAsideError(
  { kind, code, reason, accountId, deviceId }: SetAsideCore,
  pool: { readonly name: string; readonly directory: Directory | null },
  machine = tagOf(deviceId),
): KithError {
  const account = (accountId && pool.directory?.members.get(accountId)?.username) ?? tagOf(accountId ?? deviceId)
  return kithError(code, { kind: kind === 'envelopes' ? 'envelope' : kind, account, machine, pool: pool.name, reason })
}
