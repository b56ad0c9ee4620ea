import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail, ok } from '../contract/result.ts'
import type { PlanId } from '../contract/ids.ts'
import { defaultPlanId, type Plan } from '../contract/pools.ts'
import type { Invite } from '../contract/state.ts'
import { FakePeer } from './testing/fake-peer.ts'
import { accountB, familyPool, fakePool, fakeState, inviteId } from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

const plan: Plan = {
  planId: 'kids' as PlanId,
  name: 'Kids',
  limits: { tokensPerDay: 1_000 },
  limitMode: 'enforced',
  timeZone: 'UTC',
}
const invite: Invite = {
  inviteId,
  link: 'kith://join/abc',
  role: 'member',
  planId: defaultPlanId,
  usesAllowed: 2,
  usesSpent: 1,
  expiresAtMs: 86_400_000,
  state: 'open',
}

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer({}, fakeState({ pools: [fakePool({ plans: [plan], invites: [invite] })] }))
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const inputsOf = (name: string): unknown[] => peer.called.filter((one) => one.name === name).map(({ input }) => input)
const bob = { poolId: familyPool, accountId: accountB }

describe('kith members', () => {
  it('lists them, for people and for programs', async () => {
    expect((await install.run(['members', 'list'])).out).toMatch(/bob +bbbbbb +member +default +active/)
    expect((await install.run(['members', 'list', '--json'])).lines).toMatchObject([
      { type: 'member', poolId: familyPool, username: 'ada' },
      { type: 'member', poolId: familyPool, username: 'bob' },
    ])
  })

  it('changes one: standing, role, plan, and out', async () => {
    for (const [argv, said] of [
      [['suspend', 'bob'], 'is suspended in'],
      [['resume', 'bob'], 'is back in'],
      [['remove', 'bbbbbb'], 'is no longer in'],
      [['role', 'bob', 'admin'], 'has the role admin in'],
      [['plan', 'bob', 'Kids'], 'is on the plan "Kids" in'],
    ] as const) {
      expect((await install.run(['members', ...argv])).out).toBe(`bob ${said} the pool "Family".\n`)
    }
    expect(inputsOf('pool.suspendMember')).toEqual([bob])
    expect(inputsOf('pool.resumeMember')).toEqual([bob])
    expect(inputsOf('pool.removeMember')).toEqual([bob])
    expect(inputsOf('pool.setMember')).toEqual([
      { ...bob, role: 'admin' },
      { ...bob, planId: 'kids' },
    ])
  })

  it('says what does not exist', async () => {
    expect((await install.run(['members', 'role', 'bob', 'owner'])).code).toBe(2)
    expect((await install.run(['members', 'plan', 'bob', 'gold', '--json'])).lines).toMatchObject([
      { error: { code: 'plan_unknown' } },
    ])
    peer.state = fakeState({ pools: [fakePool({ role: 'member' })] })
    expect((await install.run(['members', 'remove', 'bob', '--json'])).lines).toMatchObject([
      { error: { code: 'pool_to_manage_none' } },
    ])
  })
})

describe('kith plans', () => {
  it('lists them with their limits', async () => {
    expect((await install.run(['plans', 'list'])).out).toMatch(/^Kids +kids +1000 tokens a day\n$/)
  })

  it('makes and changes them', async () => {
    const limits = [
      '--limit',
      'requests-per-minute=3',
      '--limit',
      'tokensPerDay=5000',
      '--shadow',
      '--time-zone',
      'UTC',
    ]
    expect((await install.run(['plans', 'set', 'guests', '--name', 'Guests', ...limits])).out).toContain('is made')
    expect((await install.run(['plans', 'set', 'kids', '--without', 'tokens-per-day'])).out).toContain('is changed')
    expect(inputsOf('pool.savePlan')).toEqual([
      {
        poolId: familyPool,
        plan: {
          planId: 'guests',
          name: 'Guests',
          limits: { requestsPerMinute: 3, tokensPerDay: 5_000 },
          limitMode: 'shadow',
          timeZone: 'UTC',
        },
      },
      { poolId: familyPool, plan: { ...plan, limits: {} } },
    ])
  })

  it('takes one away, and refuses limits that are none', async () => {
    expect((await install.run(['plans', 'remove', 'Kids', '--json'])).lines).toMatchObject([{ type: 'plan-removed' }])
    expect((await install.run(['plans', 'set', 'x', '--limit', 'tokens-per-year=3'])).code).toBe(2)
    expect((await install.run(['plans', 'set', 'x', '--limit', 'tokens-per-day=many'])).code).toBe(2)
    expect((await install.run(['plans', 'set', 'x', '--limit', 'tokens-per-day=0'])).code).toBe(2)
  })
})

describe('kith invite', () => {
  it('makes a link, on a plan, alone on standard output', async () => {
    peer.handlers = { 'pool.createInvite': () => Promise.resolve(ok(invite)) }
    const run = await install.run(['invite', 'create', '--plan', 'Kids', '--uses', '2', '--expires', '1d'])
    expect(run).toMatchObject({ code: 0, out: 'kith://join/abc\n' })
    expect(inputsOf('pool.createInvite')).toEqual([
      { poolId: familyPool, role: 'member', planId: 'kids', usesAllowed: 2, lifetimeMs: 86_400_000 },
    ])
  })

  it('lists and withdraws them', async () => {
    expect((await install.run(['invite', 'list'])).out).toMatch(/^eeeeee +open +member +default +used 1 of 2 .*kith:/)
    expect((await install.run(['invite', 'revoke', 'eeeeee', '--json'])).lines).toMatchObject([
      { type: 'invite-revoked', inviteId },
    ])
    expect(inputsOf('pool.revokeInvite')).toEqual([{ poolId: familyPool, inviteId }])
    peer.handlers = { 'pool.revokeInvite': () => Promise.resolve(fail('pool_manager_away', { pool: 'Family' })) }
    expect((await install.run(['invite', 'revoke', 'eeeeee'])).code).toBe(1)
    expect((await install.run(['invite', 'revoke', 'ffffff', '--json'])).lines).toMatchObject([
      { error: { code: 'invite_unknown' } },
    ])
  })
})

describe('kith pool', () => {
  const settings = { env: { KITH_PASSWORD: 'a long enough password' } }

  it('hands a pool over, after saying what that means', async () => {
    const run = await install.run(['pool', 'hand-over', 'Family', 'bob'], settings)
    expect(run).toMatchObject({ code: 0, out: 'bob owns the pool "Family" now. You are a member of it.\n' })
    expect(run.err).toContain('Only bob can give it back')
    expect(inputsOf('pool.handOver')).toEqual([{ ...bob, password: 'a long enough password' }])
    peer.handlers = {
      'pool.handOver': () => Promise.resolve(fail('successor_away', { member: 'bob', pool: 'Family' })),
    }
    expect((await install.run(['pool', 'hand-over', 'Family', 'bob', '--json'], settings)).lines).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: 'successor_away' }) as unknown }),
    )
  })

  it('dissolves one, after saying for whom', async () => {
    const run = await install.run(['pool', 'dissolve', 'Family'], settings)
    expect(run).toMatchObject({ code: 0, out: 'The pool "Family" is dissolved.\n' })
    expect(run.err).toContain('cannot be undone: it ends for 1 other person')
    expect(inputsOf('pool.dissolve')).toEqual([{ poolId: familyPool, password: 'a long enough password' }])
  })

  it('leaves one', async () => {
    expect((await install.run(['pool', 'leave', 'Family'])).out).toBe('You have left the pool "Family".\n')
    expect(inputsOf('pool.leave')).toEqual([{ poolId: familyPool }])
    expect((await install.run(['pool', 'leave', 'Nowhere', '--json'])).lines).toMatchObject([
      { error: { code: 'pool_unknown' } },
    ])
  })
})
