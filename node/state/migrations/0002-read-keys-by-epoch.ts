import { z } from 'zod'
import type { Migration } from './migration.ts'

/** Format 1: the only set of read keys of a pool. */
const readKeys = z.looseObject({ epoch: z.number().int().min(1) })

/** Format 1 kept the read keys of one epoch; format 2 has one record per epoch. */
export const readKeysByEpoch: Migration = {
  kind: 'local',
  format: 2,
  async changes(bee) {
    const records = await bee.list('v1/pool/', readKeys)
    return records
      .filter(({ key }) => /^[^/]+\/read-keys$/.test(key))
      .flatMap(({ key, value }) => [
        [`v1/pool/${key}`, () => undefined] as const,
        [`v1/pool/${key}/${String(value.epoch).padStart(8, '0')}`, () => value] as const,
      ])
  },
}
