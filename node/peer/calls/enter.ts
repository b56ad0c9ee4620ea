import type { Vault } from '../../accounts/vault/vault.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { Session } from '../../session/session.ts'
import type { CallContext } from './context.ts'

/** The name of the private pool that signing up makes. */
const devicesPoolName = 'My devices'

/** Signs in with an unlocked vault, and sees to it that the account has its pool of own devices. */
export async function enter(context: CallContext, vault: Vault): Promise<Result<void>> {
  const session = await context.signIn(vault)
  if (!session.ok) return session
  return ensureDevicesPool(vault, session.value)
}

async function ensureDevicesPool(vault: Vault, session: Session): Promise<Result<void>> {
  if (vault.contents.memberships.some(({ kind }) => kind === 'devices')) return ok()
  const made = await session.poolActions.create(devicesPoolName, 'devices')
  return made.ok ? ok() : made
}
