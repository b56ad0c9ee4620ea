import { z } from 'zod'
import { Bee, type RecordChange } from '../bee.ts'
import { migrate } from '../migrations/migrate.ts'
import { openStore } from '../open-store.ts'
import { recordsOfFormatOne, testKeys, type Records } from './old-formats.ts'

/**
 * Migrates a local store over and over until it is killed: forward with the real migrations, and back
 * to format 1 in one step, so that a moment chosen at random falls into a migration.
 */
const [directory = ''] = process.argv.slice(2)
const keys = testKeys(directory)
const store = await openStore(directory)
if (!store.ok) throw new Error(store.error.message)
const bee = await Bee.open(store.value, 'local', { keyPair: keys.keyPair }, keys.encryptionKey)
const old = recordsOfFormatOne()
process.send?.('ready')
for (;;) {
  await goBack(old)
  const migrated = await migrate(bee)
  if (!migrated.ok) throw new Error(migrated.error.message)
}

async function goBack(records: Records): Promise<void> {
  const stored = await bee.list('v1/', z.unknown())
  const surplus = stored.map(({ key }) => `v1/${key}`).filter((key) => !records.has(key))
  const changes: RecordChange[] = [
    ...surplus.map((key) => [key, () => undefined] as const),
    ...[...records]
      .filter(([key]) => key === 'v1/meta' || key.endsWith('/read-keys') || key.startsWith('v1/limit/'))
      .map(([key, value]) => [key, () => value] as const),
  ]
  await bee.update(changes)
}
