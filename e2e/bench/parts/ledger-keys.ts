import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelKeyOf } from '../../../node/accounts/vault/label-key.ts'
import { localCoreKeyPair, localStoreKey } from '../../../node/accounts/identity.ts'
import { createLog } from '../../../node/base/log.ts'
import type { KeyId } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { randomBytes } from '../../../node/crypto/keys.ts'
import { KeyActions } from '../../../node/keys/key-actions.ts'
import { KeyBook } from '../../../node/keys/key-book.ts'
import { keyPrefix, type KeyRecord } from '../../../node/keys/key-record.ts'
import { secretHashText } from '../../../node/keys/key-secret.ts'
import { newSecret, plainKeyOf } from '../../../node/keys/key-text.ts'
import {
  checked,
  choice,
  KeyBench,
  never,
  someAccount,
  someDevice,
  valueOf,
} from '../../../node/keys/testing/key-bench.ts'
import { startLocalNetwork } from '../../../node/net/local-network.ts'
import { startPoolPeer, type PoolPeer } from '../../../node/pools/testing/pool-peer.ts'
import { openIndexStore } from '../../../node/state/index-store.ts'
import type { Cleanup } from '../../harness/run-cleanly.ts'
import { median, quantile } from './statistics.ts'

const sampled = 2_000
const warmRounds = 5
const visibleRounds = 40

/** Checks of keys that lie in many member bees: first after a start, and again. */
export async function measureChecks(
  cleanup: Cleanup,
  size: { keys: number; members: number },
): Promise<{ coldP99Ms: number; warmP99Ms: number; indexMs: number }> {
  const bench = await KeyBench.create()
  cleanup.add(() => bench.close())
  bench.isGateway = true
  const pool = await bench.pool()
  const plainKeys: string[] = []
  const perMember = Math.ceil(size.keys / size.members)
  for (let member = 0; member < size.members; member += 1) {
    const accountId = someAccount()
    const deviceId = someDevice()
    pool.enlist(accountId, deviceId)
    const bee = await bench.bee()
    const records = Array.from({ length: perMember }, () => {
      const names = { poolId: pool.poolId, accountId, keyId: toHex(randomBytes(8)) as KeyId }
      const secret = newSecret()
      plainKeys.push(plainKeyOf(names, secret))
      const { name: _, ...chosen } = choice
      const record: KeyRecord = {
        ...chosen,
        revision: 1,
        secretHash: secretHashText(names, secret),
        previous: null,
        label: '',
        homeDeviceId: deviceId,
        createdAtMs: 1,
        state: 'enabled',
      }
      return [keyPrefix + names.keyId, () => record] as const
    })
    await bee.update(records)
    pool.add(accountId, deviceId, bee)
  }
  const step = Math.max(1, Math.floor(plainKeys.length / sampled))
  const sample = plainKeys.filter((_, index) => index % step === 0).slice(0, sampled)
  const startedMs = performance.now()
  const first = await bench.book()
  for (const plainKey of sample) await until(async () => (await checked(first.book, plainKey)) === 'ok')
  const indexMs = performance.now() - startedMs
  await bench.stopBooks()
  const { book } = await bench.book()
  const time = async (plainKey: string): Promise<number> => {
    const beginMs = performance.now()
    const result = await book.check(plainKey, never)
    const tookMs = performance.now() - beginMs
    if (!result.ok) throw new Error(`A key was refused: ${result.error.code}`)
    return tookMs
  }
  const cold: number[] = []
  for (const plainKey of sample) cold.push(await time(plainKey))
  const warm: number[] = []
  for (let round = 0; round < warmRounds; round += 1) for (const plainKey of sample) warm.push(await time(plainKey))
  return { coldP99Ms: quantile(cold, 0.99), warmP99Ms: quantile(warm, 0.99), indexMs }
}

/** From the moment a member makes a key until another member's gateway takes it. */
export async function measureVisible(cleanup: Cleanup): Promise<number> {
  const network = await startLocalNetwork()
  cleanup.add(() => network.stop())
  const owner = await startKeyPeer(cleanup, 'owner', network)
  const member = await startKeyPeer(cleanup, 'member', network)
  const { poolId } = valueOf(await owner.peer.actions.create('Friends', 'shared'))
  const { link } = valueOf(
    await owner.peer.actions.createInvite(poolId, { role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
  )
  valueOf(await member.peer.actions.join(link))
  const { accountId } = member.peer.vault
  await member.peer.until(() => member.peer.pools.get(poolId)?.standing(accountId)?.state === 'active', 'its place')
  const times: number[] = []
  for (let round = 0; round < visibleRounds; round += 1) {
    const beginMs = performance.now()
    const { plainKey } = valueOf(
      await member.keys.create(poolId, choice, { limitStates: () => [], lastUsedAtMs: () => null }),
    )
    await until(async () => (await checked(owner.book, plainKey)) === 'ok')
    times.push(performance.now() - beginMs)
  }
  return median(times)
}

async function startKeyPeer(
  cleanup: Cleanup,
  username: string,
  network: { host: string; bootstrap: readonly { host: string; port: number }[] },
): Promise<{ peer: PoolPeer; book: KeyBook; keys: KeyActions }> {
  const peer = await startPoolPeer(username, { host: network.host, bootstrap: network.bootstrap })
  cleanup.add(() => peer.close())
  const { accountId, deviceId, deviceSeed } = peer.vault.identity
  const directory = await mkdtemp(join(tmpdir(), 'kith-bench-index-'))
  cleanup.add(() => rm(directory, { recursive: true, force: true }))
  const index = valueOf(
    await openIndexStore({
      directory,
      keysFor: (generation) => ({
        keyPair: localCoreKeyPair(deviceSeed, generation),
        encryptionKey: localStoreKey(peer.vault.contents.localKey, generation),
      }),
    }),
  )
  cleanup.add(() => index.close())
  const common = { accountId, deviceId, labelKey: labelKeyOf(peer.vault.contents), pools: peer.pools, nowMs: Date.now }
  const book = new KeyBook({
    ...common,
    retired: [],
    local: peer.local,
    index: index.bee,
    isGatewayHere: () => true,
    log: createLog({ level: 'silent' }),
  })
  await book.start()
  cleanup.add(() => book.stop())
  return { peer, book, keys: new KeyActions({ ...common, book }) }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + 600_000; performance.now() < endMs;) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error('Waited in vain')
}
