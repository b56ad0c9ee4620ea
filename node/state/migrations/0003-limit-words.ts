import { z } from 'zod'
import type { RecordChange } from '../bee.ts'
import type { Migration } from './migration.ts'

/** Format 2: records of holders (our own and, as grantor, those of others), and totals that belong to none. */
const holder = z.looseObject({ memory: z.string() })
const total = z.looseObject({ cells: z.record(z.string(), z.looseObject({ gone: z.number() })) })

/** Format 3 renames `memory` to `incarnation` and `gone` to `writtenOff`; the values stay. */
export const limitWords: Migration = {
  kind: 'local',
  format: 3,
  async changes(bee) {
    const changes: RecordChange[] = []
    for (const prefix of ['v1/limit/held/', 'v1/limit/row/']) {
      for (const { key, value } of await bee.list(prefix, holder)) {
        const { memory, ...others } = value
        changes.push([prefix + key, () => ({ incarnation: memory, ...others })])
      }
    }
    const prefix = 'v1/limit/total/'
    for (const { key, value } of await bee.list(prefix, total)) {
      const cells = Object.entries(value.cells).map(([name, { gone, ...others }]) => {
        return [name, { ...others, writtenOff: gone }] as const
      })
      changes.push([prefix + key, () => ({ ...value, cells: Object.fromEntries(cells) })])
    }
    return changes
  },
}
