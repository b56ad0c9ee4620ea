import { expect, it } from 'vitest'
import type { AccountId, KeyId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { LeavingReservations } from './leaving.ts'
import type { LimitSubject, Reservation } from './limiter.ts'
import { never } from './testing/never.ts'

const subject: LimitSubject = {
  kind: 'key',
  poolId: 'aa'.repeat(32) as PoolId,
  accountId: 'bb'.repeat(32) as AccountId,
  keyId: '0123456789abcdef' as KeyId,
}

/** A budget for one request at a time. */
function budget() {
  let isTaken = false
  let asked = 0
  const ask = async (): Promise<Result<Reservation>> => {
    asked += 1
    if (isTaken) return fail('limit_reached', { limit: 1, name: 'tokens a day', left: 0, needed: 1, resetsAt: '' })
    isTaken = true
    return ok({ tokens: 1, settle: () => (isTaken = false) })
  }
  return { ask, asked: () => asked }
}

it('lets a request wait for what was set aside for one whose caller has left', async () => {
  const leaving = new LeavingReservations()
  const { ask } = budget()
  const first = new AbortController()
  const held = await leaving.reserve(subject, first.signal, ask)
  first.abort()
  let isDecided = false
  const next = leaving.reserve(subject, never, ask).finally(() => (isDecided = true))
  await new Promise(setImmediate)
  expect(isDecided).toBe(false)
  if (held.ok) held.value.settle({ tokens: 0 })
  expect(await next).toMatchObject({ ok: true })
})

it('refuses at once where the caller of the other is still there, or another key is meant', async () => {
  const leaving = new LeavingReservations()
  const { ask, asked } = budget()
  const first = new AbortController()
  await leaving.reserve(subject, first.signal, ask)
  expect(await leaving.reserve(subject, never, ask)).toMatchObject({ error: { code: 'limit_reached' } })
  first.abort()
  const other = { ...subject, keyId: 'ffffffffffffffff' as KeyId }
  expect(await leaving.reserve(other, never, ask)).toMatchObject({ error: { code: 'limit_reached' } })
  expect(asked()).toBe(3)
})

it('waits no longer than its own caller does, and not for ever', async () => {
  const leaving = new LeavingReservations()
  const { ask } = budget()
  await leaving.reserve(subject, AbortSignal.abort(), ask)
  const second = new AbortController()
  const stopped = leaving.reserve(subject, second.signal, ask)
  second.abort()
  expect((await stopped).ok).toBe(false)
  expect(await leaving.reserve(subject, never, ask)).toMatchObject({ error: { code: 'limit_reached' } })
})
