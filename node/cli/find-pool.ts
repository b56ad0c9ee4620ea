import { fail, ok, type Result } from '../contract/result.ts'
import type { Member, Pool } from '../contract/state.ts'
import { findOne } from './find-one.ts'

/** The pool a person means by its name or by at least the first six characters of its id. */
export function findPool(pools: readonly Pool[], text: string): Result<Pool> {
  return findOne(pools, text, {
    kind: 'pool',
    option: 'its tag',
    name: (pool) => pool.name,
    id: (pool) => pool.poolId,
    none: () => fail('pool_unknown'),
  })
}

/** The pool to act on as its manager: the named one, or the only shared one that this computer manages. */
export function findManagedPool(pools: readonly Pool[], text: string | undefined): Result<Pool> {
  if (text !== undefined) return findPool(pools, text)
  const managed = pools.filter((pool) => pool.kind === 'shared' && pool.isManager)
  return onlyOne(managed, () => fail('pool_to_manage_none'))
}

/** The member a person means by user name or by at least the first six characters of the id. */
export function findMember(pool: Pool, text: string): Result<Member> {
  return findOne(pool.members, text, {
    kind: 'member',
    option: 'the tag',
    name: (member) => member.username,
    id: (member) => member.accountId,
    none: () => fail('member_unknown'),
  })
}

/** The pool to use: the named one, or the only shared one; where none is shared, the one of the own devices. */
export function findUsedPool(pools: readonly Pool[], text: string | undefined): Result<Pool> {
  if (text !== undefined) return findPool(pools, text)
  const shared = pools.filter((pool) => pool.kind === 'shared')
  return onlyOne(shared.length > 0 ? shared : pools, () => fail('pool_unknown'))
}

/** The pool to administer: the named one, or the only shared one in which this account may. */
export function findRunPool(pools: readonly Pool[], text: string | undefined): Result<Pool> {
  if (text !== undefined) return findPool(pools, text)
  const run = pools.filter((pool) => pool.kind === 'shared' && (pool.role === 'owner' || pool.role === 'admin'))
  return onlyOne(run, () => fail('pool_to_manage_none'))
}

function onlyOne(pools: readonly Pool[], none: () => Result<never>): Result<Pool> {
  const [only, ...others] = pools
  if (!only) return none()
  if (others.length === 0) return ok(only)
  const choices = pools.map(({ name }) => name).join(', ')
  return fail('choice_needed', { kind: 'pool', choices: choices.slice(0, 400), option: '--pool' })
}
