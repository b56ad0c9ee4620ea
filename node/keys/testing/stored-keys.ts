import { join } from 'node:path'
import { createLog } from '../../base/log.ts'
import { accountIdSchema, deviceIdSchema, poolIdSchema, type PoolId } from '../../contract/ids.ts'
import { keyPairFromSeed } from '../../crypto/keys.ts'
import { DeviceBees } from '../../pools/pool/device-bees.ts'
import { Bee } from '../../state/bee.ts'
import { openIndexStore } from '../../state/index-store.ts'
import { openStore } from '../../state/open-store.ts'
import { KeyActions } from '../key-actions.ts'
import { KeyBook } from '../key-book.ts'
import type { KeyPool } from '../key-pools.ts'

const secret = new Uint8Array(32).fill(5)
const localSeed = new Uint8Array(32).fill(6)

/** The keys of one account in one pool of one device, in a folder that outlives the process. */
export async function openKeys(
  directory: string,
): Promise<{ book: KeyBook; keys: KeyActions; pool: KeyPool; poolId: PoolId; close(): Promise<void> }> {
  const accountId = accountIdSchema.parse('aa'.repeat(32))
  const deviceId = deviceIdSchema.parse('bb'.repeat(32))
  const poolId = poolIdSchema.parse('cc'.repeat(32))
  const store = await openStore(join(directory, 'pool'))
  const index = await openIndexStore({
    directory: join(directory, 'index'),
    keysFor: () => ({ keyPair: keyPairFromSeed(secret), encryptionKey: secret }),
  })
  if (!store.ok || !index.ok) throw new Error('A store that a process was killed in opens again')
  const bee = await Bee.open(store.value, 'member', { keyPair: keyPairFromSeed(secret) }, secret)
  const bees = new DeviceBees()
  bees.add({ kind: 'member', deviceId, accountId, epoch: 1, month: '', isOwn: true, bee })
  const pool: KeyPool = {
    poolId,
    bees,
    directory: {
      pool: { name: 'Friends' },
      members: new Map([[accountId, null]]),
      devices: new Map([[deviceId, { deviceId, accountId, statement: 'named' }]]),
    },
    ending: null,
    standing: () => ({ role: 'owner', state: 'active' }),
  }
  const pools = { all: () => [pool], onChange: () => () => undefined }
  const common = { accountId, deviceId, labelKey: secret, pools, nowMs: Date.now }
  const log = createLog({ level: 'error' })
  const local = await Bee.open(store.value, 'local', { keyPair: keyPairFromSeed(localSeed) }, secret)
  const book = new KeyBook({ ...common, retired: [], local, index: index.value.bee, isGatewayHere: () => false, log })
  await book.start()
  await book.readOwn(pool)
  return {
    book,
    keys: new KeyActions({ ...common, book }),
    pool,
    poolId,
    async close() {
      await book.stop()
      await index.value.close()
      await bee.close()
      await local.close()
      await store.value.close()
    },
  }
}
