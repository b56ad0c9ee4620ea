import { afterAll, beforeAll, expect, it } from 'vitest'
import { delay } from '../../base/deadline.ts'
import type { AccountId, DeviceId } from '../../contract/ids.ts'
import type { Pool } from '../pool/pool.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf } from '../testing/pool-peer.ts'
import { Readmission } from './readmission.ts'

let bench: PoolBench
beforeAll(async () => {
  bench = await PoolBench.open()
})
afterAll(() => bench.close())

const dayMs = 86_400_000
/** Longer than a connection without an open pool is kept. */
const longMs = 11_000

it('lets a member back in at once, however long the suspension was', async () => {
  const owner = await bench.peer('owner')
  const bob = await bench.peer('bob')
  const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
  const grant = { role: 'member', usesAllowed: 1, lifetimeMs: dayMs } as const
  const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
  valueOf(await bob.actions.join(link))
  const { accountId } = bob.vault
  const isIn = (): boolean => bob.pools.list().some(({ poolIds }) => poolIds.includes(poolId))
  await bob.until(isIn, 'the pool')
  valueOf(await owner.actions.perform(poolId, { do: 'suspendMember', accountId }))
  await bob.until(() => bob.pools.get(poolId)?.refusal?.code === 'member_suspended', 'the suspension')
  const before = [...bob.pools.connections.all]
  await delay(longMs, new AbortController().signal)
  // Ended and made again, it would be tried more and more rarely.
  expect([...bob.pools.connections.all]).toEqual(before)
  const startedMs = performance.now()
  valueOf(await owner.actions.perform(poolId, { do: 'resumeMember', accountId }))
  await bob.until(isIn, 'the way back')
  expect(performance.now() - startedMs).toBeLessThan(3_000)
})

it('names the devices of those who are let back in, once', () => {
  const account = 'aa'.repeat(32) as AccountId
  const deviceId = 'bb'.repeat(32) as DeviceId
  const pool = (state: 'active' | 'suspended'): Pool =>
    ({
      poolId: 'cc'.repeat(32),
      directory: {
        members: new Map([[account, {}]]),
        devices: new Map([[deviceId, { deviceId, accountId: account }]]),
      },
      standing: () => ({ role: 'member', state }),
    }) as unknown as Pool
  const readmission = new Readmission()
  expect(readmission.devicesLetIn(pool('active'))).toEqual([])
  expect(readmission.devicesLetIn(pool('suspended'))).toEqual([])
  expect(readmission.devicesLetIn(pool('active'))).toEqual([deviceId])
  expect(readmission.devicesLetIn(pool('active'))).toEqual([])
})
