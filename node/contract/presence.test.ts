import { expect, it } from 'vitest'
import { accountIdSchema, poolIdSchema, type AccountId } from './ids.ts'
import { presenceIn } from './presence.ts'
import type { Machine, Member, Pool } from './state.ts'

const poolId = poolIdSchema.parse('aa'.repeat(32))
const idOf = (name: string): AccountId => accountIdSchema.parse(name.slice(0, 1).charCodeAt(0).toString(16).repeat(32))
const member = (username: string, change: Partial<Member> = {}): Member =>
  ({ accountId: idOf(username), username, isSelf: false, state: 'active', ...change }) as Member
const machine = (owner: string, change: Partial<Machine>): Machine =>
  ({
    accountId: idOf(owner),
    poolIds: [poolId],
    connection: 'offline',
    isSharing: false,
    models: [],
    ...change,
  }) as Machine
const poolOf = (...members: Member[]): Pool =>
  ({ poolId, members: [member('self', { isSelf: true }), ...members] }) as Pool

it('is alone where nobody else is, or only somebody who is suspended', () => {
  expect(presenceIn(poolOf(), []).state).toBe('alone')
  expect(presenceIn(poolOf(member('tom', { state: 'suspended' })), []).state).toBe('alone')
})

it('names those who share while all are away, and everybody where none has said', () => {
  const pool = poolOf(member('mia'), member('jo'))
  expect(presenceIn(pool, [])).toEqual({ state: 'away', people: ['mia', 'jo'] })
  const known = [machine('mia', { sharesWhenOn: true }), machine('jo', { sharesWhenOn: false })]
  expect(presenceIn(pool, known)).toEqual({ state: 'away', people: ['mia'] })
})

it('tells nobody online from nobody sharing', () => {
  const pool = poolOf(member('mia'), member('jo'))
  expect(presenceIn(pool, [machine('mia', { connection: 'admitted' })])).toEqual({ state: 'idle', people: ['mia'] })
  const none = [machine('mia', { sharesWhenOn: false }), machine('jo', { sharesWhenOn: false })]
  expect(presenceIn(pool, none)).toEqual({ state: 'idle', people: [] })
  const shared = machine('jo', {
    connection: 'admitted',
    isSharing: true,
    models: [{ name: 'm' }] as Machine['models'],
  })
  expect(presenceIn(pool, [shared])).toEqual({ state: 'sharing', people: ['jo'] })
  // In another pool it does not count.
  expect(presenceIn(pool, [{ ...shared, poolIds: [] }]).state).toBe('away')
})
