import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { localCoreKeyPair, localStoreKey } from '../accounts/identity.ts'
import { labelKeyOf } from '../accounts/vault/label-key.ts'
import { createLog } from '../base/log.ts'
import type { PoolId } from '../contract/ids.ts'
import { startLocalNetwork } from '../net/local-network.ts'
import { startPoolPeer, type PoolPeer } from '../pools/testing/pool-peer.ts'
import { openIndexStore } from '../state/index-store.ts'
import { KeyActions } from './key-actions.ts'
import { KeyBook } from './key-book.ts'
import { checked, choice, valueOf } from './testing/key-bench.ts'

const use = { limitStates: () => [], lastUsedAtMs: () => null }
/** What the design promises between a change and every connected gateway. */
const heardWithinMs = 5_000

interface KeyPeer {
  readonly peer: PoolPeer
  readonly book: KeyBook
  readonly keys: KeyActions
  isGateway: boolean
  close(): Promise<void>
}

let network: { bootstrap: readonly { host: string; port: number }[]; stop(): Promise<void> }
let owner: KeyPeer
let member: KeyPeer
let poolId: PoolId

async function startKeyPeer(username: string): Promise<KeyPeer> {
  const peer = await startPoolPeer(username, { host: '127.0.0.1', bootstrap: network.bootstrap })
  const { accountId, deviceId, deviceSeed } = peer.vault.identity
  const directory = await mkdtemp(join(tmpdir(), 'kith-key-index-'))
  const index = valueOf(
    await openIndexStore({
      directory,
      keysFor: (generation) => ({
        keyPair: localCoreKeyPair(deviceSeed, generation),
        encryptionKey: localStoreKey(peer.vault.contents.localKey, generation),
      }),
    }),
  )
  const labelKey = labelKeyOf(peer.vault.contents)
  const common = { accountId, deviceId, labelKey, pools: peer.pools, nowMs: Date.now }
  const log = createLog({ level: 'silent' })
  const started: { peer: PoolPeer; isGateway: boolean } = { peer, isGateway: false }
  const book = new KeyBook({
    ...common,
    retired: [],
    local: peer.local,
    index: index.bee,
    isGatewayHere: () => started.isGateway,
    log,
  })
  await book.start()
  return Object.assign(started, {
    book,
    keys: new KeyActions({ ...common, book }),
    async close() {
      await book.stop()
      await index.close()
      await peer.close()
      await rm(directory, { recursive: true, force: true })
    },
  })
}

beforeAll(async () => {
  network = await startLocalNetwork()
  owner = await startKeyPeer('owner')
  member = await startKeyPeer('member')
  poolId = valueOf(await owner.peer.actions.create('Friends', 'shared')).poolId
  const { link } = valueOf(
    await owner.peer.actions.createInvite(poolId, { role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
  )
  valueOf(await member.peer.actions.join(link))
  await member.peer.until(
    () => member.peer.pools.get(poolId)?.standing(member.peer.vault.accountId)?.state === 'active',
    'its place',
  )
  owner.isGateway = true
})
afterAll(async () => {
  await member.close()
  await owner.close()
  await network.stop()
})

/** Waits until the owner's gateway answers so, and says after how long. */
async function heard(plainKey: string, answer: string): Promise<number> {
  const startedMs = performance.now()
  await expect.poll(() => checked(owner.book, plainKey), { timeout: 15_000, interval: 20 }).toBe(answer)
  return performance.now() - startedMs
}

describe('keys of a member, on a gateway that another member runs', () => {
  it('work there as soon as they are made, and no longer once they are switched off or revoked', async () => {
    const { key, plainKey } = valueOf(await member.keys.create(poolId, choice, use))
    await heard(plainKey, 'ok')
    valueOf(await member.keys.setEnabled(key.keyId, false))
    expect(await heard(plainKey, 'key_disabled')).toBeLessThan(heardWithinMs)
    valueOf(await member.keys.setEnabled(key.keyId, true))
    expect(await heard(plainKey, 'ok')).toBeLessThan(heardWithinMs)
    valueOf(await member.keys.revoke(key.keyId))
    expect(await heard(plainKey, 'key_revoked')).toBeLessThan(heardWithinMs)
  })

  it('work there with both secrets while a rotation overlaps', async () => {
    const { key, plainKey } = valueOf(await member.keys.create(poolId, choice, use))
    const rotated = valueOf(await member.keys.rotate(key.keyId, 60_000)).plainKey
    await heard(rotated, 'ok')
    expect(await checked(owner.book, plainKey)).toBe('ok')
    const again = valueOf(await member.keys.rotate(key.keyId, 0)).plainKey
    await heard(again, 'ok')
    expect(await checked(owner.book, rotated)).toBe('key_revoked')
  })

  it('are refused by a device that is neither a gateway nor of that account', async () => {
    const { plainKey } = valueOf(await owner.keys.create(poolId, choice, use))
    expect(await checked(owner.book, plainKey)).toBe('ok')
    expect(await checked(member.book, plainKey)).toBe('key_not_here')
  })

  it('lose their force when the member is suspended', async () => {
    const { plainKey } = valueOf(await member.keys.create(poolId, choice, use))
    await heard(plainKey, 'ok')
    const { accountId } = member.peer.vault
    valueOf(await owner.peer.actions.perform(poolId, { do: 'suspendMember', accountId }))
    expect(await heard(plainKey, 'member_suspended')).toBeLessThan(heardWithinMs)
    valueOf(await owner.peer.actions.perform(poolId, { do: 'resumeMember', accountId }))
    await heard(plainKey, 'ok')
  })

  it('can be changed while nobody else is reachable, and are caught up with afterwards', async () => {
    const { key, plainKey } = valueOf(await member.keys.create(poolId, choice, use))
    await heard(plainKey, 'ok')
    await member.peer.swarm.suspend()
    valueOf(await member.keys.revoke(key.keyId))
    expect(await checked(member.book, plainKey)).toBe('key_revoked')
    expect(await checked(owner.book, plainKey)).toBe('ok')
    await member.peer.swarm.resume()
    await heard(plainKey, 'key_revoked')
  })

  it('leave neither name nor secret in the bee that everybody reads', async () => {
    const name = 'Kitchen radio'
    const { plainKey } = valueOf(await member.keys.create(poolId, { ...choice, name }, use))
    const own = member.peer.pools.get(poolId)?.bees.own('member')
    const text = JSON.stringify(await own?.bee.list('v1/', z.unknown()))
    expect(text).toContain('secretHash')
    expect(text).not.toContain(name)
    expect(text).not.toContain(plainKey.slice(-58, -6))
  })
})
