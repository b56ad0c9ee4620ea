import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyIdSchema, type KeyId } from '../contract/ids.ts'
import { replicate } from '../state/testing/replicate.ts'
import { keyRecordSchema } from './key-record.ts'
import type { KeyUse } from './own-keys.ts'
import { secretHashText } from './key-secret.ts'
import { newSecret, plainKeyOf } from './key-text.ts'
import { checked, choice, KeyBench, never, someAccount, someDevice, valueOf } from './testing/key-bench.ts'
import { keyRecord } from './testing/key-record.ts'

const use: KeyUse = { limitStates: () => [], lastUsedAtMs: () => null }
const minuteMs = 60_000
let bench: KeyBench
const partings: (() => void)[] = []

beforeEach(async () => {
  bench = await KeyBench.create()
})
afterEach(async () => {
  for (const part of partings.splice(0)) part()
  await bench.close()
})

/** A secret and a record of a key, as another device would write it. */
function foreignKey(
  names: Parameters<typeof plainKeyOf>[0],
  change: Parameters<typeof keyRecord>[0] = {},
): { plainKey: string; record: ReturnType<typeof keyRecord> } {
  const secret = newSecret()
  return {
    plainKey: plainKeyOf(names, secret),
    record: keyRecord({ secretHash: secretHashText(names, secret), ...change }),
  }
}

const keyId = (digit: string): KeyId => keyIdSchema.parse(digit.repeat(16))

describe('a key of this account', () => {
  it('speaks for the account with what was chosen, as soon as it is made', async () => {
    const { poolId } = await bench.pool()
    const { book, keys } = await bench.book()
    const { key, plainKey } = valueOf(await keys.create(poolId, choice, use))
    const { accountId, deviceId } = bench
    const { scopes, allowedModels, limits, limitMode, timeZone } = choice
    const terms = { scopes, allowedModels, limits, limitMode, timeZone, homeDeviceId: deviceId }
    const principal = { keyId: key.keyId, accountId, poolId, ...terms }
    expect(valueOf(await book.check(plainKey, never))).toEqual(principal)
    expect(await book.get(accountId, key.keyId)).toEqual({ ...principal, state: 'enabled' })
    expect(key).toMatchObject({ name: 'Editor', state: 'enabled', isHomeHere: true, overlapUntilMs: null })
    expect(key.masked.endsWith(`…${plainKey.slice(-4)}`)).toBe(true)
  })

  it('can be switched off and on, revoked for good, and expires', async () => {
    const { poolId } = await bench.pool()
    const { book, keys } = await bench.book()
    const { key, plainKey } = valueOf(await keys.create(poolId, choice, use))
    valueOf(await keys.setEnabled(key.keyId, false))
    expect(await checked(book, plainKey)).toBe('key_disabled')
    valueOf(await keys.setEnabled(key.keyId, true))
    expect(await checked(book, plainKey)).toBe('ok')
    valueOf(await keys.update(key.keyId, { expiresAtMs: bench.nowMs + minuteMs, name: undefined }))
    expect(await checked(book, plainKey)).toBe('ok')
    bench.nowMs += minuteMs
    expect(await checked(book, plainKey)).toBe('key_expired')
    valueOf(await keys.update(key.keyId, { expiresAtMs: null }))
    expect(await checked(book, plainKey)).toBe('ok')
    valueOf(await keys.revoke(key.keyId))
    expect(await checked(book, plainKey)).toBe('key_revoked')
    expect(await keys.setEnabled(key.keyId, true)).toMatchObject({ error: { code: 'key_revoked' } })
    expect(await checked(book, plainKey)).toBe('key_revoked')
  })

  it('works with both secrets during the overlap of a rotation, and with the new one afterwards', async () => {
    const { poolId } = await bench.pool()
    const { book, keys } = await bench.book()
    const { key, plainKey } = valueOf(await keys.create(poolId, choice, use))
    const rotated = valueOf(await keys.rotate(key.keyId, minuteMs)).plainKey
    expect([await checked(book, plainKey), await checked(book, rotated)]).toEqual(['ok', 'ok'])
    const [view] = book.own.views(new Set([poolId]), use, bench.nowMs)
    expect(view).toMatchObject({ overlapUntilMs: bench.nowMs + minuteMs, name: 'Editor' })
    expect(view?.masked.endsWith(`…${rotated.slice(-4)}`)).toBe(true)
    bench.nowMs += minuteMs
    expect([await checked(book, plainKey), await checked(book, rotated)]).toEqual(['key_revoked', 'ok'])
    const third = valueOf(await keys.rotate(key.keyId, 0)).plainKey
    expect([await checked(book, rotated), await checked(book, third)]).toEqual(['key_revoked', 'ok'])
    expect(await checked(book, plainKey)).toBe('key_unknown')
  })

  it('is renamed, limited and moved home without a change to its secret', async () => {
    const { poolId } = await bench.pool()
    const { book, keys } = await bench.book()
    const { key, plainKey } = valueOf(await keys.create(poolId, choice, use))
    const change = { name: 'Nightly', allowedModels: ['llama'], limits: {}, limitMode: 'shadow' as const }
    valueOf(await keys.update(key.keyId, change))
    expect(book.own.views(new Set([poolId]), use, bench.nowMs)).toMatchObject([{ keyId: key.keyId, ...change }])
    expect(valueOf(await book.check(plainKey, never))).toMatchObject({ allowedModels: ['llama'], limits: {} })
  })

  it('cannot be changed when it is not there, nor made in a pool that has not let us in', async () => {
    const pool = await bench.pool()
    const { keys } = await bench.book()
    expect(await keys.revoke(keyId('a'))).toMatchObject({ error: { code: 'key_unknown' } })
    const stranger = await KeyBench.create()
    const other = await stranger.pool()
    await stranger.close()
    expect(await keys.create(other.poolId, choice, use)).toMatchObject({ error: { code: 'pool_unknown' } })
    Object.defineProperty(pool.bees, 'own', { value: () => null })
    expect(await keys.create(pool.poolId, choice, use)).toMatchObject({ error: { code: 'not_admitted' } })
  })

  it('is refused as one too many beyond a thousand, until one is revoked', async () => {
    const pool = await bench.pool()
    const own = pool.bees.own('member')
    const ids = Array.from({ length: 1_000 }, (_, place) => keyIdSchema.parse(place.toString(16).padStart(16, '0')))
    await own?.bee.update(ids.map((id) => [`v1/key/${id}`, () => keyRecord()] as const))
    const { book, keys } = await bench.book()
    await book.readOwn(pool)
    const refused = await keys.create(pool.poolId, choice, use)
    expect(refused).toMatchObject({ error: { code: 'keys_too_many', details: { limit: 1_000 } } })
    valueOf(await keys.revoke(keyIdSchema.parse('0'.repeat(16))))
    valueOf(await keys.create(pool.poolId, choice, use))
  })
})

describe('a key of another device of the account', () => {
  it('works here and is revoked here; whoever revokes it, it is final', async () => {
    const pool = await bench.pool()
    const laptop = someDevice()
    const laptopBee = await bench.bee()
    pool.enlist(bench.accountId, laptop)
    pool.add(bench.accountId, laptop, laptopBee)
    const names = { poolId: pool.poolId, accountId: bench.accountId, keyId: keyId('a') }
    const { plainKey, record } = foreignKey(names)
    await laptopBee.put(`v1/key/${names.keyId}`, record)
    const { book, keys } = await bench.book()
    expect(await checked(book, plainKey)).toBe('ok')
    valueOf(await keys.revoke(names.keyId))
    await laptopBee.put(`v1/key/${names.keyId}`, { ...record, revision: 90 })
    expect(await checked(book, plainKey)).toBe('key_revoked')
  })

  it('is not ready while its bee has never been here, and unknown only once it has', async () => {
    const pool = await bench.pool()
    const laptop = someDevice()
    pool.enlist(bench.accountId, laptop)
    const { theirs, ours } = await bench.remoteBee()
    pool.add(bench.accountId, laptop, ours)
    const { book } = await bench.book()
    const names = { poolId: pool.poolId, accountId: bench.accountId, keyId: keyId('b') }
    const { plainKey, record } = foreignKey(names)
    const never1 = foreignKey({ ...names, keyId: keyId('c') }).plainKey
    const startedMs = performance.now()
    expect(await checked(book, plainKey)).toBe('key_not_ready')
    expect(performance.now() - startedMs).toBeLessThan(3_000)
    await theirs.put(`v1/key/${names.keyId}`, record)
    partings.push(replicate(theirs, ours))
    await expect.poll(() => checked(book, plainKey)).toBe('ok')
    await expect.poll(() => checked(book, never1)).toBe('key_unknown')
  })

  it('is found by a connected device although it was made a moment ago', async () => {
    const pool = await bench.pool()
    const laptop = someDevice()
    pool.enlist(bench.accountId, laptop)
    const { theirs, ours } = await bench.remoteBee()
    pool.add(bench.accountId, laptop, ours)
    partings.push(replicate(theirs, ours))
    const { book } = await bench.book()
    for (const digit of ['1', '2', '3']) {
      const names = { poolId: pool.poolId, accountId: bench.accountId, keyId: keyId(digit) }
      const { plainKey, record } = foreignKey(names)
      await theirs.put(`v1/key/${names.keyId}`, record)
      await expect.poll(() => checked(book, plainKey), { timeout: 5_000 }).toBe('ok')
    }
  })

  it('is not ready while the directory names a device whose bee is not open yet', async () => {
    const pool = await bench.pool()
    pool.enlist(bench.accountId, someDevice())
    const { book } = await bench.book()
    const { plainKey } = foreignKey({ poolId: pool.poolId, accountId: bench.accountId, keyId: keyId('d') })
    expect(await checked(book, plainKey)).toBe('key_not_ready')
  })

  it('ends waiting when the caller does', async () => {
    const pool = await bench.pool()
    pool.enlist(bench.accountId, someDevice())
    const { book } = await bench.book()
    const { plainKey } = foreignKey({ poolId: pool.poolId, accountId: bench.accountId, keyId: keyId('e') })
    const gone = new AbortController()
    const answer = book.check(plainKey, gone.signal)
    gone.abort()
    expect(await answer).toMatchObject({ error: { code: 'stopped' } })
  })
})

describe('a key of another account', () => {
  it('works on a gateway of the pool alone', async () => {
    const pool = await bench.pool()
    const other = someAccount()
    const bee = await bench.bee()
    const device = someDevice()
    pool.enlist(other, device)
    pool.add(other, device, bee)
    const names = { poolId: pool.poolId, accountId: other, keyId: keyId('a') }
    const { plainKey, record } = foreignKey(names)
    await bee.put(`v1/key/${names.keyId}`, record)
    const { book } = await bench.book()
    expect(await checked(book, plainKey)).toBe('key_not_here')
    bench.isGateway = true
    expect(valueOf(await book.check(plainKey, never))).toMatchObject({ accountId: other, keyId: names.keyId })
    expect(book.own.views(new Set([pool.poolId]), use, bench.nowMs)).toEqual([])
    pool.standings.set(other, { role: 'member', state: 'suspended' } as never)
    expect(await checked(book, plainKey)).toBe('member_suspended')
    pool.standings.delete(other)
    expect(await checked(book, plainKey)).toBe('key_unknown')
  })

  it('cannot be revoked, changed or taken over by writing a record of it', async () => {
    const pool = await bench.pool()
    const { book, keys } = await bench.book()
    bench.isGateway = true
    const { key, plainKey } = valueOf(await keys.create(pool.poolId, choice, use))
    const known = book.own.get(key.keyId)
    const thief = someAccount()
    const bee = await bench.bee()
    const device = someDevice()
    pool.enlist(thief, device)
    pool.add(thief, device, bee)
    await bee.put(`v1/key/${key.keyId}`, { ...known?.record, revision: 99, state: 'revoked' })
    await bee.put(`v1/key/${keyId('f')}`, keyRecord())
    // The thief's own key tells that his bee was read.
    await expect.poll(() => book.get(thief, keyId('f'))).not.toBeNull()
    expect(valueOf(await book.check(plainKey, never)).accountId).toBe(bench.accountId)
    // The copied hash opens nothing for him either: it is bound to the account.
    const asThief = plainKey.replace(bench.accountId.slice(0, 6), thief.slice(0, 6))
    expect(await checked(book, asThief)).toBe('key_mistyped')
    expect(await book.get(thief, key.keyId)).toMatchObject({ accountId: thief, state: 'revoked' })
  })

  it('is foreign where its pool is none of ours', async () => {
    await bench.pool()
    const { book } = await bench.book()
    const elsewhere = await KeyBench.create()
    const { poolId } = await elsewhere.pool()
    const { keys } = await elsewhere.book()
    const { plainKey } = valueOf(await keys.create(poolId, choice, use))
    await elsewhere.close()
    expect(await checked(book, plainKey)).toBe('key_foreign')
    expect(await checked(book, `${plainKey.slice(0, -1)}${plainKey.endsWith('0') ? '1' : '0'}`)).toBe('key_mistyped')
    expect(await checked(book, 'sk-proj-0123')).toBe('key_malformed')
  })
})

describe('a member bee full of rubbish', () => {
  it('harms nobody: other keys are read and work, and its own good records as well', async () => {
    const pool = await bench.pool()
    const vandal = someAccount()
    const device = someDevice()
    const bee = await bench.bee()
    pool.enlist(vandal, device)
    pool.add(vandal, device, bee)
    bench.isGateway = true
    for (let place = 0; place < 600; place += 1) {
      await bee.core.append(Buffer.from(`rubbish ${place}`.repeat((place % 7) + 1)))
    }
    const { book, keys } = await bench.book()
    const { plainKey } = valueOf(await keys.create(pool.poolId, choice, use))
    expect(await checked(book, plainKey)).toBe('ok')
    const names = { poolId: pool.poolId, accountId: vandal, keyId: keyId('a') }
    expect(await checked(book, foreignKey(names).plainKey)).toBe('key_unknown')
  })

  it('holds no more keys of an account than its share', async () => {
    const pool = await bench.pool()
    const flooder = someAccount()
    const device = someDevice()
    const bee = await bench.bee()
    pool.enlist(flooder, device)
    pool.add(flooder, device, bee)
    const id = (place: number): KeyId => keyIdSchema.parse(place.toString(16).padStart(16, '0'))
    const record = keyRecord()
    for (let start = 0; start < 10_400; start += 400) {
      const places = Array.from({ length: 400 }, (_, place) => start + place)
      await bee.update(places.map((place) => [`v1/key/${id(place)}`, () => record] as const))
    }
    const { book, keys } = await bench.book()
    valueOf(await keys.create(pool.poolId, choice, use))
    await expect.poll(() => book.get(flooder, id(9_999)), { timeout: 60_000, interval: 200 }).not.toBeNull()
    await bee.put(`v1/key/${id(0)}`, { ...record, revision: 2, state: 'disabled' })
    await expect.poll(async () => (await book.get(flooder, id(0)))?.state, { timeout: 10_000 }).toBe('disabled')
    expect(await book.get(flooder, id(10_001))).toBeNull()
  })
})

describe('the index of keys', () => {
  it('is used again after a restart, and built again where it was deleted', async () => {
    const { poolId } = await bench.pool()
    const first = await bench.book()
    const { plainKey } = valueOf(await first.keys.create(poolId, choice, use))
    await bench.stopBooks()
    const second = await bench.book()
    expect(second.book.own.count(poolId)).toEqual({ all: 1, standing: 1 })
    expect(await checked(second.book, plainKey)).toBe('ok')
    await bench.stopBooks()
    await rm(`${bench.stores.directory}/index`, { recursive: true })
    const third = await bench.book()
    expect(await checked(third.book, plainKey)).toBe('ok')
    await expect.poll(() => third.book.own.count(poolId).all).toBe(1)
  })

  it('follows a pool that is joined later', async () => {
    const { book, keys } = await bench.book()
    const { poolId } = await bench.pool()
    const { plainKey } = valueOf(await keys.create(poolId, choice, use))
    expect(await checked(book, plainKey)).toBe('ok')
  })
})

describe('an install that becomes another device, because its profile was copied', () => {
  it('keeps the keys of the account, and writes them on as the device it is now', async () => {
    const pool = await bench.pool()
    const first = await bench.book()
    const { key, plainKey } = valueOf(await first.keys.create(pool.poolId, choice, use))
    const gone = valueOf(await first.keys.create(pool.poolId, choice, use))
    valueOf(await first.keys.revoke(gone.key.keyId))
    await bench.stopBooks()
    await rm(`${bench.stores.directory}/index`, { recursive: true })
    // The bee of the old device lies in a store that is not opened any more.
    const again = bench.forgetBees(pool)
    const deviceId = someDevice()
    const { book, keys } = await bench.book({ deviceId, retired: [bench.deviceId] })
    expect(await checked(book, plainKey)).toBe('ok')
    expect(await checked(book, gone.plainKey)).toBe('key_revoked')
    const bee = await bench.bee()
    again.add(bench.accountId, deviceId, bee, true)
    await expect.poll(() => bee.get(`v1/key/${key.keyId}`, keyRecordSchema)).toMatchObject({ state: 'enabled' })
    valueOf(await keys.revoke(key.keyId))
    expect(await checked(book, plainKey)).toBe('key_revoked')
  })
})
