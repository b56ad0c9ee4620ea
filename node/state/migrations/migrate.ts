import { fail, ok, type Result } from '../../contract/result.ts'
import { headerKey, type Bee } from '../bee.ts'
import { formats } from '../formats.ts'
import { readKeysByEpoch } from './0002-read-keys-by-epoch.ts'
import { limitWords } from './0003-limit-words.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [readKeysByEpoch, limitWords]

/**
 * Brings a bee of ours to the format this version writes; `vault_newer` for a format of a newer Kith.
 *
 * A step and its format number are one append, so that a crash leaves either the old format or the new one.
 */
export async function migrate(bee: Bee): Promise<Result<void>> {
  const format = await bee.format()
  if (format === null) return fail('storage_failed', { reason: `no header of kind ${bee.kind}` })
  if (format > formats[bee.kind]) return fail('vault_newer')
  for (let next = format + 1; next <= formats[bee.kind]; next += 1) {
    const step = migrations.find((migration) => migration.kind === bee.kind && migration.format === next)
    if (!step) throw new Error(`No migration leads to format ${next} of ${bee.kind}`)
    const changes = await step.changes(bee)
    await bee.update([...changes, [headerKey, () => ({ format: next, kind: bee.kind })]])
  }
  return ok()
}
