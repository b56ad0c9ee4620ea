import type { Hypercore } from 'hypercore'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createPoolHeader } from '../../accounts/records/pool-header.ts'
import { deviceIdSchema, type PoolId } from '../../contract/ids.ts'
import { defaultPlanId } from '../../contract/pools.ts'
import { keyPairFromSecretKey, keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { toHex } from '../../crypto/encoding.ts'
import { Bee } from '../../state/bee.ts'
import { openStore } from '../../state/open-store.ts'
import { readDirectory } from './membership.ts'
import { unlimitedPlan, plansOf } from '../pool-terms.ts'
import { directoryKeys } from './records.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'

const dayMs = 86_400_000

describe('a directory that does not behave', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  async function pool(...names: [string, string]): Promise<{ poolId: PoolId; owner: PoolPeer; member: PoolPeer }> {
    const [owner, member] = await Promise.all([bench.peer(names[0]), bench.peer(names[1])])
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    const grant = { role: 'member' as const, usesAllowed: 1, lifetimeMs: dayMs }
    valueOf(await member.actions.join(valueOf(await owner.actions.createInvite(poolId, grant)).link))
    await member.until(() => {
      const devices = [...(member.pools.get(poolId)?.directory?.devices.values() ?? [])]
      return devices.length === 2 && devices.every(({ statement }) => statement !== null)
    }, 'the directory')
    return { poolId, owner, member }
  }

  function directoryCore(one: PoolPeer, poolId: PoolId): Hypercore & { truncate(length: number): Promise<void> } {
    const found = one.pools.get(poolId)
    const key = found?.header?.directoryCore
    const shared = found?.shared.find(({ core }) => toHex(core.key) === key)
    if (!shared) throw new Error('The directory is open')
    return shared.core as Hypercore & { truncate(length: number): Promise<void> }
  }

  /** The bee as its writer holds it: a manager whose program was changed writes what it likes. */
  const beeOf = (one: PoolPeer, poolId: PoolId): Bee =>
    (one.pools.get(poolId)?.author as unknown as { readonly directory: Bee }).directory

  it('is not followed once it takes back what it wrote', async () => {
    const { poolId, owner, member } = await pool('forgetful', 'reader')
    valueOf(await owner.actions.perform(poolId, { do: 'rename', name: 'Said once' }))
    await member.until(() => member.pools.get(poolId)?.name === 'Said once', 'the name')
    const own = directoryCore(owner, poolId)
    await own.truncate(own.length - 1)
    for (const name of ['Other', 'words', 'entirely']) {
      const stored = { name, kind: 'shared', createdAtMs: 0, staleAfterDays: 14 }
      await beeOf(owner, poolId).put(directoryKeys.pool, stored)
    }
    expect(own.fork).toBe(1)
    // Whoever says that a core has another history is cut off before anything of it is read.
    await vi.waitFor(
      () =>
        expect(member.cutOffs.list()).toMatchObject([
          { deviceId: owner.vault.identity.deviceId, code: 'hostile_messages' },
        ]),
      { timeout: 10_000 },
    )
    expect(directoryCore(member, poolId).fork).toBe(0)
    await member.pools.get(poolId)?.exclusively(() => member.pools.get(poolId)?.refresh() ?? Promise.resolve())
    expect(member.pools.get(poolId)?.name).toBe('Said once')
  })

  it('is not followed under a header that is older, or that the pool did not sign', async () => {
    const { poolId, owner, member } = await pool('signer', 'checker')
    const header = owner.pools.get(poolId)?.header
    const secretKey = owner.pools.get(poolId)?.membership.poolSecretKey
    if (!header || !secretKey) throw new Error('The owner has both')
    const writer = deviceIdSchema.parse(toHex(randomBytes(32)))
    const follow = (signed: ReturnType<typeof createPoolHeader>): Promise<void> | undefined =>
      member.pools.get(poolId)?.followHeader(signed)
    const older = { ...header, epoch: header.epoch - 1, directoryWriter: writer }
    await follow(createPoolHeader(keyPairFromSecretKey(secretKey), older))
    const forged = { ...header, epoch: header.epoch + 10, directoryWriter: writer }
    await follow(createPoolHeader(keyPairFromSeed(randomBytes(32)), forged))
    expect(member.pools.get(poolId)?.header?.directoryWriter).toBe(owner.vault.identity.deviceId)
    await follow(createPoolHeader(keyPairFromSecretKey(secretKey), forged))
    expect(member.pools.get(poolId)?.header?.directoryWriter).toBe(writer)
  })

  it('has no effect with names longer than anybody may choose', async () => {
    const { poolId, owner, member } = await pool('loud', 'calm')
    const bee = beeOf(owner, poolId)
    const known = member.pools.get(poolId)?.directory
    await bee.update([
      [directoryKeys.pool, (stored) => ({ ...(stored as object), name: 'x'.repeat(100_000) })],
      [
        directoryKeys.members + member.vault.accountId,
        (stored) => ({ ...(stored as object), username: 'y'.repeat(33) }),
      ],
    ])
    const length = directoryCore(owner, poolId).length
    await vi.waitFor(() => expect(directoryCore(member, poolId).contiguousLength).toBe(length), { timeout: 10_000 })
    await member.pools.get(poolId)?.exclusively(() => member.pools.get(poolId)?.refresh() ?? Promise.resolve())
    expect(member.pools.get(poolId)?.directory).toBe(known)
  })
})

describe('a directory of the version before', () => {
  it('is read: no plans, everybody on the default one, no gateways, the manager counts', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kith-directory-'))
    const store = valueOf(await openStore(directory))
    const bee = await Bee.open(store, 'directory', { keyPair: keyPairFromSeed(randomBytes(32)) }, randomBytes(32))
    const account = 'a'.repeat(64)
    const device = 'b'.repeat(64)
    const invite = 'c'.repeat(64)
    const old: [string, unknown][] = [
      [directoryKeys.pool, { name: 'Old', kind: 'shared', createdAtMs: 5, staleAfterDays: 14 }],
      [directoryKeys.beat, { atMs: 6 }],
      [
        directoryKeys.members + account,
        { accountId: account, username: 'ada', role: 'owner', state: 'active', joinedAtMs: 5, inviteId: null },
      ],
      [directoryKeys.devices + device, { deviceId: device, accountId: account, serviceKey: invite, statement: null }],
      [
        directoryKeys.invites + invite,
        { inviteId: invite, role: 'guest', usesAllowed: 1, expiresAtMs: 9, isRevoked: false, spentBy: [] },
      ],
      [directoryKeys.refused + device, { code: 'invite_spent' }],
    ]
    await bee.update(old.map(([key, value]) => [key, () => value] as const))
    const read = await readDirectory(bee)
    await bee.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
    expect(read?.pool).toMatchObject({ name: 'Old', coordinator: null, coordinatorBefore: null })
    expect([...(read?.members.values() ?? [])]).toMatchObject([{ planId: defaultPlanId, decidedAtMs: 0 }])
    expect([...(read?.devices.values() ?? [])]).toMatchObject([{ isGateway: false }])
    expect([...(read?.invites.values() ?? [])]).toMatchObject([{ planId: defaultPlanId }])
    expect(plansOf(read)).toEqual([unlimitedPlan])
    expect(read?.refused.size).toBe(1)
  })
})
