import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PoolId } from '../contract/ids.ts'
import type { KeyChoice } from '../contract/keys.ts'
import type { AppState } from '../contract/state.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { testPassword, valueOf, type TestPeer } from './testing/test-peer.ts'

const choice: KeyChoice = {
  name: 'Editor',
  scopes: ['inference', 'manage'],
  allowedModels: ['llama'],
  limits: { requestsPerMinute: 3, tokensPerDay: 10_000 },
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
  expiresAtMs: null,
}

describe('API keys through the contract', () => {
  let bench: PeerBench
  let peer: TestPeer
  let poolId: PoolId

  beforeAll(async () => {
    bench = await PeerBench.open()
    peer = await bench.start('keeper')
  })
  afterAll(() => bench.close())

  it('need somebody to be signed in', async () => {
    const poolId = 'ab'.repeat(32) as PoolId
    expect(await peer.peer.call('key.create', { poolId, ...choice })).toMatchObject({
      error: { code: 'not_signed_in' },
    })
    expect((await peer.state()).keys).toEqual([])
  })

  it('are made, shown, changed and revoked, and each change is in the state', async () => {
    await peer.signUp()
    poolId = (await peer.until((state) => state.pools.length === 1, 'its own pool')).pools[0]?.poolId as PoolId
    const { key, plainKey } = valueOf(await peer.peer.call('key.create', { poolId, ...choice }))
    expect(key).toMatchObject({ ...choice, poolId, state: 'enabled', lastUsedAtMs: null, isHomeHere: true })
    const { keyId } = key
    await peer.until(({ keys }) => keys.length === 1 && keys[0]?.keyId === keyId, 'the key')
    expect(JSON.stringify(await peer.state())).not.toContain(plainKey)

    valueOf(await peer.peer.call('key.update', { keyId, change: { name: 'Nightly', limits: {} } }))
    valueOf(await peer.peer.call('key.setEnabled', { keyId, isEnabled: false }))
    await peer.until(({ keys }) => keys[0]?.state === 'disabled' && keys[0].name === 'Nightly', 'the changes')
    valueOf(await peer.peer.call('key.takeHome', { keyId }))
    const rotated = valueOf(await peer.peer.call('key.rotate', { keyId, overlapMs: 60_000 }))
    expect(rotated.plainKey).not.toBe(plainKey)
    await peer.until(({ keys }) => typeof keys[0]?.overlapUntilMs === 'number', 'the overlap')
    valueOf(await peer.peer.call('key.revoke', { keyId }))
    await peer.until(({ keys }) => keys[0]?.state === 'revoked', 'the revocation')
    expect(await peer.peer.call('key.setEnabled', { keyId, isEnabled: true })).toMatchObject({
      error: { code: 'key_revoked' },
    })
  })

  it.each([
    ['a huge name', { name: 'x'.repeat(61) }],
    ['an empty name', { name: '  ' }],
    ['no scope', { scopes: [] }],
    ['a time zone that nobody has', { timeZone: 'Moon/Tycho' }],
    ['a limit of nothing', { limits: { requestsPerMinute: 0 } }],
  ])('are not made with %s', async (_what, change) => {
    const refused = await peer.peer.call('key.create', { poolId, ...choice, ...change })
    expect(refused).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('are there again after the account was locked and opened', async () => {
    const { key } = valueOf(await peer.peer.call('key.create', { poolId, ...choice, name: 'Lasting' }))
    valueOf(await peer.peer.call('account.logOut', {}))
    expect((await peer.state()).keys).toEqual([])
    await peer.unlock()
    const { keys } = await peer.until((state) => state.keys.length === 2, 'both keys')
    expect(keys.map(({ name, state }) => [name, state])).toEqual([
      ['Lasting', 'enabled'],
      ['Nightly', 'revoked'],
    ])
    expect(keys[0]?.masked).toBe(key.masked)
  })

  it('are the same on a linked device, which reads their names, takes them home and revokes them', async () => {
    const laptop = await bench.start('keeper')
    const { code } = valueOf(await peer.peer.call('account.startLinking', { password: testPassword }))
    const link = { code, password: testPassword, deviceName: 'Laptop' }
    valueOf(await laptop.peer.call('account.linkDevice', link))
    const { key } = valueOf(await peer.peer.call('key.create', { poolId, ...choice, name: 'Shared' }))
    const { keyId } = key
    await laptop.until(({ keys }) => keys.some((one) => one.keyId === keyId), 'the key of the first device')
    const there = (await laptop.state()).keys.find((one) => one.keyId === keyId)
    expect(there).toEqual({ ...key, isHomeHere: false })

    valueOf(await laptop.peer.call('key.takeHome', { keyId }))
    const isHome = (isHere: boolean) => (state: AppState) =>
      state.keys.some((one) => one.keyId === keyId && one.isHomeHere === isHere)
    await laptop.until(isHome(true), 'its home')
    await peer.until(isHome(false), 'the other home')

    const startedMs = performance.now()
    valueOf(await laptop.peer.call('key.revoke', { keyId }))
    await peer.until(({ keys }) => keys.some((one) => one.keyId === keyId && one.state === 'revoked'), 'the end')
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })
})
