import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { defaultPlanId } from '../../contract/pools.ts'
import { isShutOut, mergeAdminDecisions, type AdminDecisions, type AdminDecision } from './admin-merge.ts'
import type { InviteRecord, MemberRecord } from './records.ts'

const idOf = (letter: string): string => letter.repeat(64)
const poolId = idOf('0') as PoolId
const accounts = ['a', 'b', 'c', 'd', 'e'].map((letter) => idOf(letter) as AccountId)
const invites = ['1', '2'].map((letter) => idOf(letter))

const memberArbitrary = (accountId: AccountId): fc.Arbitrary<MemberRecord> =>
  fc.record({
    accountId: fc.constant(accountId),
    username: fc.constant('somebody'),
    role: fc.constantFrom('owner', 'admin', 'member', 'guest'),
    planId: fc.constant(defaultPlanId),
    state: fc.constantFrom('active', 'suspended'),
    joinedAtMs: fc.constant(0),
    inviteId: fc.constant(null),
    decidedAtMs: fc.nat(20),
  })

/** Some accounts are members, each in any role and state; some are not. */
const directoryArbitrary = fc
  .tuple(...accounts.map((accountId) => fc.option(memberArbitrary(accountId), { nil: null })))
  .map((members) => ({
    members: new Map(members.flatMap((member) => (member ? [[member.accountId, member] as const] : []))),
    invites: new Map<string, InviteRecord>(),
  }))

const decisionArbitrary: fc.Arbitrary<AdminDecision> = fc
  .record({
    pool: fc.constant(poolId),
    kind: fc.constantFrom('suspend', 'resume', 'remove', 'revokeInvite'),
    account: fc.nat(accounts.length - 1),
    target: fc.nat(accounts.length - 1),
    atMs: fc.nat(25),
  })
  .map(({ pool, kind, account, target, atMs }) => ({
    pool,
    kind,
    target: kind === 'revokeInvite' ? (invites[target % 2] ?? '') : (accounts[target] ?? ''),
    accountId: accounts[account] as AccountId,
    device: accounts[account] as unknown as DeviceId,
    atMs,
  }))

const decisionsArbitrary = fc.array(decisionArbitrary, { maxLength: 12 })

function asText({ members, revokedInvites }: AdminDecisions): string {
  const decided = [...members].map(([accountId, { kind, atMs, device }]) => [accountId, kind, atMs, device].join())
  return [...decided.sort(), ...[...revokedInvites].sort()].join('\n')
}

describe('what admins wrote, merged with the directory', { retry: 0 }, () => {
  it('is the same whatever the order of the records, and however often one arrives', () => {
    const shuffled = decisionsArbitrary.chain((taken) =>
      fc.tuple(fc.constant(taken), fc.shuffledSubarray([...taken, ...taken], { minLength: taken.length * 2 })),
    )
    fc.assert(
      fc.property(directoryArbitrary, shuffled, (directory, [taken, again]) => {
        expect(asText(mergeAdminDecisions(again, directory))).toBe(asText(mergeAdminDecisions(taken, directory)))
      }),
    )
  })

  it('is the same as merging in parts: the decisions that counted stand for those they outranked', () => {
    fc.assert(
      fc.property(directoryArbitrary, decisionsArbitrary, decisionsArbitrary, (directory, left, right) => {
        const kept = mergeAdminDecisions(left, directory)
        const revocations = left.filter(({ kind }) => kind === 'revokeInvite')
        const inParts = mergeAdminDecisions([...kept.members.values(), ...revocations, ...right], directory)
        expect(asText(inParts)).toBe(asText(mergeAdminDecisions([...left, ...right], directory)))
      }),
    )
  })

  it('never touches an owner, and touches an admin by the decision of an owner alone', () => {
    fc.assert(
      fc.property(directoryArbitrary, decisionsArbitrary, (directory, taken) => {
        for (const [target, decision] of mergeAdminDecisions(taken, directory).members) {
          const role = directory.members.get(target)?.role
          expect(role).not.toBe('owner')
          if (role === 'admin') expect(directory.members.get(decision.accountId)?.role).toBe('owner')
        }
      }),
    )
  })

  it('hears nobody but active admins and owners', () => {
    fc.assert(
      fc.property(directoryArbitrary, decisionsArbitrary, (directory, taken) => {
        const decisions = mergeAdminDecisions(taken, directory)
        for (const { accountId } of decisions.members.values()) {
          expect(directory.members.get(accountId)?.state).toBe('active')
          expect(['admin', 'owner']).toContain(directory.members.get(accountId)?.role)
        }
        const others = taken.filter(({ accountId }) => {
          const writer = directory.members.get(accountId)
          return writer?.state !== 'active' || (writer.role !== 'admin' && writer.role !== 'owner')
        })
        expect(asText(mergeAdminDecisions(others, directory))).toBe('')
      }),
    )
  })

  it('leaves the last decision to the directory once that has decided at the same time or later', () => {
    fc.assert(
      fc.property(directoryArbitrary, decisionsArbitrary, (directory, taken) => {
        const decided = new Map(
          [...directory.members].map(([accountId, member]) => [accountId, { ...member, decidedAtMs: 25 }]),
        )
        const { members } = mergeAdminDecisions(taken, { ...directory, members: decided })
        for (const accountId of decided.keys()) expect(members.has(accountId)).toBe(false)
      }),
    )
  })

  it('lets the later of two decisions about one member count', () => {
    const [admin, target] = [accounts[0] as AccountId, accounts[1] as AccountId]
    const member = { username: '', planId: defaultPlanId, state: 'active' as const, joinedAtMs: 0, inviteId: null }
    const directory = {
      members: new Map<AccountId, MemberRecord>([
        [admin, { ...member, accountId: admin, role: 'admin', decidedAtMs: 0 }],
        [target, { ...member, accountId: target, role: 'member', decidedAtMs: 5 }],
      ]),
      invites: new Map<string, InviteRecord>(),
    }
    const decision = (kind: AdminDecision['kind'], atMs: number): AdminDecision => ({
      pool: poolId,
      kind,
      target,
      accountId: admin,
      device: admin as unknown as DeviceId,
      atMs,
    })
    const isOut = (taken: AdminDecision[]): boolean => isShutOut(mergeAdminDecisions(taken, directory), target)
    expect(isOut([decision('suspend', 5)])).toBe(false)
    expect(isOut([decision('suspend', 6)])).toBe(true)
    expect(isOut([decision('suspend', 6), decision('resume', 7)])).toBe(false)
    expect(isOut([decision('remove', 8), decision('resume', 7)])).toBe(true)
  })
})
