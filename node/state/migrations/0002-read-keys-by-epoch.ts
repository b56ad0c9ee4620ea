import { z } from 'zod'
import type { Migration } from './migration.ts'

/** As it was written in format 1: the one set of read keys of a pool. */
const readKeys = z.looseObject({ epoch: z.number().int().min(1) })

/** Format 1 kept the read keys of one epoch; from format 2 on a pool has a ring, one record an epoch. */
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
