import { refusalOfAction } from '../access/pool-rights.ts'
import type { AccountStanding } from '../access/standing.ts'
import { ok, type Result } from '../contract/result.ts'
import type { ManagerAction } from '../net/manager-messages.ts'
import type { Directory } from './pool/membership.ts'

/** Whether an account with this standing may perform an action; fails with the reason if not. */
export function checkRight(
  standing: AccountStanding | null,
  action: ManagerAction,
  pool: { readonly name: string; readonly directory: Directory | null },
): Result<void> {
  const target = 'accountId' in action ? pool.directory?.members.get(action.accountId) : undefined
  const givenRole = action.do === 'setMember' ? (action.role ?? null) : null
  const facts = { action: action.do, givenRole, targetRole: target?.role ?? null }
  const refusal = refusalOfAction(standing, facts, pool.name)
  return refusal ? { ok: false, error: refusal } : ok()
}
