import { randomBytes } from 'node:crypto'
import type { ContractClient } from '../../node/contract/api.ts'
import { fail, ok, type Result } from '../../node/contract/result.ts'
import { parseInviteLink } from '../invites/invite-link.ts'

const username = 'friend'
const deviceName = 'Friend’s computer'

/** Makes the second window a friend who has just accepted the invite. The account lives as long as the window. */
export async function becomeFriend(client: ContractClient, inviteText: string | undefined): Promise<Result<void>> {
  const link = parseInviteLink(inviteText)
  if (!link) return fail('invite_malformed')
  const signedUp = await client.call('account.signUp', { username, password: randomBytes(24).toString('base64url') })
  if (!signedUp.ok) return signedUp
  const saved = await client.call('account.phraseSaved', {})
  if (!saved.ok) return saved
  // The name first, so that the pool never sees another.
  const named = await client.call('settings.update', { deviceName, isFirstRunDone: true })
  if (!named.ok) return named
  const joined = await client.call('pool.join', { link })
  if (!joined.ok) return joined
  const settled = await client.call('settings.update', { chatPoolId: joined.value.poolId })
  return settled.ok ? ok() : settled
}
