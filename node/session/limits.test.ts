import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AccountId, DeviceId, KeyId } from '../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import { toHex } from '../crypto/encoding.ts'
import type { LimitSubject } from '../limits/limiter.ts'
import { newIdentity } from '../usage/testing/ledger-bench.ts'
import type { LeaseQuotaCall } from '../protocol/messages/lease-messages.ts'
import type { Caller } from '../access/standing.ts'
import { silentLog, testPool } from '../protocol/testing/service-bench.ts'
import { Bee } from '../state/bee.ts'
import { TestStores } from '../state/testing/test-stores.ts'
import { SessionLimits, type SessionLimitsOptions } from './limits.ts'

let stores: TestStores
let limits: SessionLimits
/** Computers that share, or say so. */
const sharing = new Set<DeviceId>()
const member = 'ab'.repeat(32) as AccountId
const stranger = 'cd'.repeat(32) as AccountId
const caller: Caller = {
  deviceId: 'ef'.repeat(32) as DeviceId,
  accountId: member,
  isOwnAccount: false,
  standings: [{ poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' }],
}

/** The coordinator of a pool of one member, whose plan is 100 tokens a day. */
beforeAll(async () => {
  stores = await TestStores.create()
  const keyPair = keyPairFromSeed(randomBytes(32))
  const local = await Bee.open(await stores.open('coordinator'), 'local', { keyPair }, null)
  const identity = newIdentity()
  const standing = (accountId: AccountId) => (accountId === member ? { role: 'member', state: 'active' } : null)
  const pool = { poolId: testPool, directory: null, standing }
  limits = new SessionLimits({
    identity,
    local,
    pools: {
      get: () => pool,
      all: () => [pool],
      list: () => [...sharing].map((deviceId) => ({ deviceId, capabilities: { isSharing: true } })),
      onChange: () => () => undefined,
    },
    terms: {
      planOf: () => ({ limits: { tokensPerDay: 100 }, limitMode: 'enforced', timeZone: 'UTC' }),
      coordinatorsOf: () => [identity.deviceId],
      coordinatorBefore: () => null,
      deviceIdsOf: () => [],
      isGateway: () => false,
    },
    clients: { call: () => Promise.reject(new Error('Nobody is to be called')) },
    keys: { get: () => Promise.resolve(null) },
    log: silentLog,
    onChange: () => undefined,
  } as unknown as SessionLimitsOptions)
  await limits.service.start()
})
afterAll(async () => {
  await limits.service.stop()
  limits.stop()
  await stores.close()
})

function carry(changes: Partial<LimitSubject>): Promise<string> {
  const subject: LimitSubject = { kind: 'member', poolId: testPool, accountId: member, keyId: null, ...changes }
  const call: LeaseQuotaCall = { type: 'carry', subject, processorDeviceId: caller.deviceId, tokens: 60 }
  return limits.service.handle(caller, call).then((result) => (result.ok ? 'granted' : result.error.code))
}

it('counts what a member uses once, under whatever name a gateway asks for it', async () => {
  expect(await carry({})).toBe('granted')
  // Another count would begin with the whole plan.
  expect(await carry({ keyId: toHex(randomBytes(8)) as KeyId })).toBe('not_admitted')
  expect(await carry({ accountId: stranger })).toBe('not_admitted')
  expect(await carry({ kind: 'key' })).toBe('not_admitted')
  expect(await carry({})).toBe('limit_reached')
})

it('lets computers of members that share hold what was asked of them, and guests and others nothing', async () => {
  const other = 'ac'.repeat(32) as AccountId
  const deviceId = 'ad'.repeat(32) as DeviceId
  const subject: LimitSubject = { kind: 'member', poolId: testPool, accountId: member, keyId: null }
  const hold = async (role: 'member' | 'guest', sequence: number): Promise<unknown> => {
    const standing = { poolId: testPool, poolName: 'Friends', role, state: 'active' } as const
    const reply = await limits.service.handle(
      { deviceId, accountId: other, isOwnAccount: false, standings: [standing] },
      {
        ...{ type: 'exchange', subject, incarnation: 'ab'.repeat(16), sequence, shareNumber: 0, cells: [] },
        ...{ needs: [{ tokens: 1, leastTokens: 1 }], carried: [], vouchers: [], isLeaving: false },
      },
    )
    return reply.ok ? reply.value.type === 'exchange' && reply.value.answers : reply.error.code
  }
  expect(await hold('member', 1)).toBe('not_admitted')
  sharing.add(deviceId)
  expect(await hold('guest', 2)).toBe('not_admitted')
  expect(await hold('member', 3)).toEqual([{ isUnasked: true }])
})
