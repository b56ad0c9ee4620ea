import { invitePage } from '../../accounts/records/invite-page.ts'
import { openInviteLink } from '../../accounts/records/invite-link.ts'
import type { Handlers } from '../../contract/api.ts'
import { ok } from '../../contract/result.ts'
import type { CallContext } from './context.ts'
import { perform } from './pool-admin-calls.ts'

export function poolCalls(
  context: CallContext,
): Handlers<
  | 'pool.create'
  | 'pool.join'
  | 'pool.inspectInvite'
  | 'pool.invitePage'
  | 'pool.createInvite'
  | 'pool.revokeInvite'
  | 'pool.suspendMember'
  | 'pool.resumeMember'
> {
  return {
    'pool.create': async ({ name }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.poolActions.create(name, 'shared') : signedIn
    },

    'pool.join': async ({ link }) => {
      const signedIn = context.signedIn()
      return signedIn.ok ? signedIn.value.session.poolActions.join(link) : signedIn
    },

    'pool.inspectInvite': async ({ link }) => {
      const invite = openInviteLink(link, Date.now())
      if (!invite.ok) return invite
      const { poolName, inviter, role, expiresAtMs, usesAllowed } = invite.value.certificate
      return ok({ poolName, inviter, role, expiresAtMs, usesAllowed })
    },

    'pool.invitePage': async ({ link }) => {
      const invite = openInviteLink(link, Date.now())
      return invite.ok ? ok(invitePage(invite.value.certificate, link.trim())) : invite
    },

    'pool.createInvite': async ({ poolId, ...grant }) => {
      const signedIn = context.signedIn()
      if (!signedIn.ok) return signedIn
      const made = await signedIn.value.session.poolActions.createInvite(poolId, grant)
      if (!made.ok) return made
      const { inviteId, link } = made.value
      context.inviteLinks.set(inviteId, link)
      context.changes.invalidate('pools')
      return ok({ ...made.value, usesSpent: 0, state: 'open' as const })
    },

    'pool.revokeInvite': async ({ poolId, inviteId }) => perform(context, poolId, { do: 'revokeInvite', inviteId }),
    'pool.suspendMember': async ({ poolId, accountId }) => perform(context, poolId, { do: 'suspendMember', accountId }),
    'pool.resumeMember': async ({ poolId, accountId }) => perform(context, poolId, { do: 'resumeMember', accountId }),
  }
}
