import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import type { KeyChoice } from '../contract/keys.ts'
import type { AppState, Pool } from '../contract/state.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, type TestPeer, valueOf } from './testing/test-peer.ts'

const choice: KeyChoice = {
  name: 'Editor',
  scopes: ['inference'],
  allowedModels: null,
  limits: {},
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
  expiresAtMs: null,
}

describe('the end of a pool', () => {
  let bench: PeerBench
  beforeAll(async () => {
    bench = await PeerBench.open()
  })
  afterAll(() => bench.close())

  const poolIn = (state: AppState, poolId: PoolId): Pool | undefined => state.pools.find((one) => one.poolId === poolId)

  async function pairIn(
    ownerName: string,
    memberName: string,
  ): Promise<{ owner: TestPeer; member: TestPeer; poolId: PoolId }> {
    const owner = await bench.start(ownerName)
    const member = await bench.start(memberName)
    for (const one of [owner, member]) await one.signUp()
    const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Friends' }))
    const grant = { role: 'member' as const, usesAllowed: 1, lifetimeMs: 3_600_000 }
    const { link } = valueOf(await owner.peer.call('pool.createInvite', { poolId, ...grant }))
    expect(valueOf(await member.peer.call('pool.inspectInvite', { link }))).toMatchObject({
      inviter: ownerName,
      poolName: 'Friends',
    })
    valueOf(await member.peer.call('pool.join', { link }))
    await member.until((state) => poolIn(state, poolId)?.state === 'active', 'the pool')
    await owner.until((state) => poolIn(state, poolId)?.members.length === 2, 'the member')
    return { owner, member, poolId }
  }

  it('is said wherever the pool is used, and leaves usage and receipts', async () => {
    const { owner, member, poolId } = await pairIn('ada', 'bob')
    const { plainKey, key } = valueOf(await member.peer.call('key.create', { ...choice, poolId }))
    const { url } = (await member.until(({ api }) => api.state === 'running', 'the local API')).api
    const listing = (): Promise<Response> =>
      fetch(`${url ?? ''}/models`, { headers: { authorization: `Bearer ${plainKey}` } })
    expect((await listing()).status).toBe(200)

    expect(await owner.peer.call('pool.dissolve', { poolId, password: 'guessed' })).toMatchObject({
      error: { code: 'password_wrong' },
    })
    expect(await member.peer.call('pool.dissolve', { poolId, password: testPassword })).toMatchObject({
      error: { code: 'pool_role_needed' },
    })
    valueOf(await owner.peer.call('pool.dissolve', { poolId, password: testPassword }))
    for (const one of [owner, member]) {
      const state = await one.until((now) => poolIn(now, poolId)?.refusal?.code === 'pool_dissolved', 'the end')
      expect(poolIn(state, poolId)).toMatchObject({ state: 'refused', isManager: false, name: 'Friends' })
      expect(poolIn(state, poolId)?.refusal?.message).toContain('ada has dissolved the pool "Friends"')
      expect(poolIn(state, poolId)?.role).toBe(one === owner ? 'owner' : 'member')
    }
    const refused = await listing()
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: { kith: { code: 'pool_dissolved' } } })
    for (const made of [
      await member.peer.call('key.create', { ...choice, poolId }),
      await member.peer.call('key.update', { keyId: key.keyId, change: { name: 'Later' } }),
      await owner.peer.call('pool.rename', { poolId, name: 'Again' }),
      await owner.peer.call('pool.backUp', { poolId, password: testPassword, backupPassword: 'one of its own' }),
    ]) {
      expect(made.ok).toBe(false)
    }
    const day = { poolId, direction: 'consumed' as const, fromMs: Date.now() - 86_400_000, toMs: Date.now() + 1 }
    valueOf(await member.peer.call('usage.report', { ...day, grain: 'day', groupBy: 'key' }))
    valueOf(await member.peer.call('pool.leave', { poolId }))
    expect(poolIn(await member.state(), poolId)).toBeUndefined()
  })

  it('and its hand-over need the password, and tell both who owns it now', async () => {
    const { owner, member, poolId } = await pairIn('carol', 'dan')
    const accountId = (await member.state()).account.current?.accountId
    if (!accountId) throw new Error('Somebody is signed in')
    expect(await owner.peer.call('pool.leave', { poolId })).toMatchObject({ error: { code: 'pool_owner_stays' } })
    const handOver = (password: string) => owner.peer.call('pool.handOver', { poolId, accountId, password })
    expect(await handOver('guessed')).toMatchObject({ error: { code: 'password_wrong' } })
    valueOf(await handOver(testPassword))
    const isHandedOver = (state: AppState): boolean => {
      const members = poolIn(state, poolId)?.members ?? []
      return members.find((one) => one.accountId === accountId)?.role === 'owner' && members.length === 2
    }
    const mine = await member.until(
      (state) => poolIn(state, poolId)?.isManager === true && isHandedOver(state),
      'the pool',
    )
    expect(poolIn(mine, poolId)?.role).toBe('owner')
    const theirs = await owner.until(isHandedOver, 'the new owner')
    expect(poolIn(theirs, poolId)).toMatchObject({ role: 'member', isManager: false })
    valueOf(await owner.peer.call('pool.leave', { poolId }))
    await member.until((state) => poolIn(state, poolId)?.members.length === 1, 'the former owner to be gone')
  })
})
