import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { grantorTotalSchema, holderRowSchema } from '../protocol/messages/lease-ledger.ts'
import { openLocalStore } from '../state/local-store.ts'
import { recordsOfFormatTwo, testKeys, writeRecords } from '../state/testing/old-formats.ts'
import { holderRecordSchema } from './holder/holder-records.ts'
import { limitKeys } from './limit-keys.ts'

it('reads every record of limits that the version before wrote', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kith-old-limits-'))
  const keys = testKeys(join(directory, 'local'))
  await writeRecords(keys, recordsOfFormatTwo())
  const store = await openLocalStore(keys, null)
  if (!store.ok) throw new Error(store.error.message)
  const { bee } = store.value
  const schemas = [
    [limitKeys.allHeld, holderRecordSchema],
    [limitKeys.allRows, holderRowSchema],
    [limitKeys.allTotals, grantorTotalSchema],
  ] as const
  for (const [prefix, schema] of schemas) {
    const read = await bee.list<unknown>(prefix, schema)
    expect(read.length).toBeGreaterThan(1)
    // What a schema does not take would be left out, and a limit would begin anew.
    expect(read).toHaveLength((await bee.list(prefix, z.unknown())).length)
  }
  await store.value.close()
  await rm(directory, { recursive: true, force: true })
})
