import { z } from 'zod'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import { deviceIdSchema, poolIdSchema } from '../contract/ids.ts'
import { engineNameSchema } from '../contract/state.ts'
import type { KeptMachines, KnownMachine } from '../gateway/known-models.ts'
import { localKeys } from '../pools/pool/records.ts'
import type { Bee } from '../state/bee.ts'

/** A machine that was not seen for so long is no longer said to be away. */
const rememberedMs = 90 * 86_400_000
/** More machines than this are not read. */
const maxRead = 256

const recordSchema = z.object({
  deviceId: deviceIdSchema,
  poolIds: z.array(poolIdSchema).max(256),
  models: z.array(z.object({ name: z.string().max(200), engine: engineNameSchema.nullable() })).max(1_000),
  seenAtMs: z.number(),
})

/** What machines were last seen with, in the local store. */
export class StoredMachines implements KeptMachines {
  readonly #writing = new Serial()

  constructor(
    private readonly local: Bee,
    private readonly log: Log,
  ) {}

  async read(): Promise<readonly KnownMachine[]> {
    const stored = (await this.local.list(localKeys.knownMachines, recordSchema)).map(({ value }) => value)
    const sinceMs = Date.now() - rememberedMs
    for (const { deviceId, seenAtMs } of stored) {
      if (seenAtMs < sinceMs) await this.local.remove(localKeys.knownMachines + deviceId)
    }
    return stored
      .filter(({ seenAtMs }) => seenAtMs >= sinceMs)
      .sort((one, other) => one.seenAtMs - other.seenAtMs)
      .slice(-maxRead)
  }

  keep(machine: KnownMachine): void {
    const record = { ...machine, seenAtMs: Date.now() }
    this.#writing
      .run(() => this.local.put(localKeys.knownMachines + machine.deviceId, record))
      .catch((cause: unknown) => this.log.error({ cause }, 'what a machine offers could not be kept'))
  }

  written(): Promise<void> {
    return this.#writing.idle()
  }
}
