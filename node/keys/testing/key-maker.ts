import { writeSync } from 'node:fs'
import { openKeys } from './stored-keys.ts'

/** Makes and revokes keys in a process of its own until it is killed, and prints what was acknowledged. */
const [directory = ''] = process.argv.slice(2)
const { keys, poolId } = await openKeys(directory)
const choice = {
  name: 'Doomed',
  scopes: ['inference' as const],
  allowedModels: null,
  limits: {},
  limitMode: 'enforced' as const,
  timeZone: 'UTC',
  expiresAtMs: null,
}
let previous: string | null = null
for (;;) {
  const made = await keys.create(poolId, choice, { limitStates: () => [], lastUsedAtMs: () => null })
  if (!made.ok) throw new Error(made.error.message)
  writeSync(1, `made ${made.value.key.keyId} ${made.value.plainKey}\n`)
  if (previous !== null) {
    const revoked = await keys.revoke(previous as typeof made.value.key.keyId)
    if (!revoked.ok) throw new Error(revoked.error.message)
    writeSync(1, `revoked ${previous}\n`)
  }
  previous = made.value.key.keyId
}
