import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { accountIdOf, deviceIdOf } from '../../accounts/ids.ts'
import { createLog } from '../../base/log.ts'
import type { DeviceId, PoolId } from '../../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { Bee } from '../../state/bee.ts'
import { attackBee } from '../../state/testing/evil-blocks.ts'
import { replicate } from '../../state/testing/replicate.ts'
import { TestStores } from '../../state/testing/test-stores.ts'
import { PoolCores, type OthersBee } from './pool-cores.ts'
import { SetAside } from './set-aside.ts'

const poolId = 'a'.repeat(64) as PoolId
const poolKey = new Uint8Array(32).fill(5)
let stores: TestStores
let local: Bee
let setAside: SetAside
let cores: PoolCores
const partings: (() => void)[] = []

beforeEach(async () => {
  stores = await TestStores.create()
  local = await Bee.open(await stores.open('local'), 'local', { keyPair: keyPairFromSeed(randomBytes(32)) }, null)
  setAside = new SetAside(local, poolId)
  cores = new PoolCores({
    store: await stores.open('pool'),
    setAside,
    onCore: () => undefined,
    onDoubt: () => undefined,
    onSetAside: () => undefined,
    nowMs: () => 7,
    log: createLog({ level: 'silent' }),
  })
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await stores.close()
})

const device = (): DeviceId => deviceIdOf(keyPairFromSeed(randomBytes(32)).publicKey)

async function honestBee(name: string): Promise<Bee> {
  const bee = await Bee.open(await stores.open(name), 'member', { keyPair: keyPairFromSeed(randomBytes(32)) }, poolKey)
  await bee.put('v1/profile', 'honest')
  return bee
}

function named(bee: Bee, deviceId: DeviceId, encryptionKey: Uint8Array = poolKey): OthersBee {
  const writer = { deviceId, accountId: accountIdOf(keyPairFromSeed(randomBytes(32)).publicKey) }
  return { kind: 'member', key: bee.key, encryptionKey, audience: 'everyone', epoch: 1, writer }
}

/** Opens it as another device's, joined to its writer. */
async function follow(bee: Bee, wanted: OthersBee): Promise<Bee> {
  const read = await cores.openOthers(wanted)
  if (!read) throw new Error('It is not set aside')
  partings.push(replicate(bee, read))
  return read
}

describe('a core that two devices name', () => {
  it('is judged by what each says of it: naming it wrongly harms nobody else', async () => {
    const [honest, liar] = [device(), device()]
    const bee = await honestBee('honest')
    // With another key than its writer's, every block is rubbish.
    const misread = await follow(bee, named(bee, liar, new Uint8Array(32).fill(6)))
    const read = await follow(bee, named(bee, honest))
    await expect.poll(() => misread.core.contiguousLength).toBe(bee.core.length)
    await misread.list('v1/', z.unknown())
    await expect.poll(() => misread.core.closed).toBe(true)
    expect(setAside.all.map(({ deviceId }) => deviceId)).toEqual([liar])
    await bee.put('v1/profile', 'still honest')
    await expect.poll(() => read.get('v1/profile', z.string())).toBe('still honest')
    expect(cores.shared.map(({ core }) => core)).toEqual([read.core])
  })
})

describe('a core of ours that another device names as its own', () => {
  it.each([
    ['under a key that is not its own', new Uint8Array(32).fill(6)],
    ['under its own key', poolKey],
  ])('stays ours, and is shared on: %s', async (_, encryptionKey) => {
    const liar = device()
    const own = await cores.openOwn({
      ...{ kind: 'member', keyPair: keyPairFromSeed(randomBytes(32)), encryptionKey: poolKey },
      ...{ audience: 'everyone', epoch: 1 },
    })
    await own.put('v1/profile', 'ours')
    const theirs = await cores.openOthers({ ...named(own, liar, encryptionKey), kind: 'usage' })
    await theirs?.list('v1/', z.unknown())
    await theirs?.changes(0, 100)
    expect(theirs?.core.writable).toBe(false)
    const isRubbish = encryptionKey !== poolKey
    await expect.poll(() => setAside.all.map(({ deviceId }) => deviceId)).toEqual(isRubbish ? [liar] : [])
    await own.put('v1/profile', 'still ours')
    expect(await own.get('v1/profile', z.string())).toBe('still ours')
    expect(cores.shared.some(({ core }) => core === own.core)).toBe(true)
  })
})

describe('a device with many cores that break the law', () => {
  it('gets no more of them opened, then or after a restart', async () => {
    const evil = device()
    for (let round = 0; round < 8; round += 1) {
      const bee = await honestBee(`evil-${round}`)
      await attackBee(bee, 'a node that is its own child')
      const read = await follow(bee, named(bee, evil))
      await expect.poll(() => read.core.contiguousLength).toBe(bee.core.length)
      await read.list('v1/', z.unknown())
      expect(read.unlawful?.code).toBe('records_malformed')
    }
    const bee = await honestBee('the-ninth')
    expect(await cores.openOthers(named(bee, evil))).toBeNull()
    expect(await cores.openOthers(named(bee, device()))).not.toBeNull()
    const again = new SetAside(local, poolId)
    await again.open()
    expect(again.all).toHaveLength(8)
    expect(again.of(evil, 'b'.repeat(64))).not.toBeNull()
  })
})
