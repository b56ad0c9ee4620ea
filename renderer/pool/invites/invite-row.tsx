import { Link2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Invite, Pool } from '../../../node/contract/state.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Row } from '../../components/layout/row-list.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { IconTile } from '../../components/icon-tile.tsx'
import { formatDateTime } from '../../locales/format.ts'
import { useCall } from '../../state/use-call.ts'
import { planName } from '../rights.ts'

interface InviteRowProps {
  readonly invite: Invite
  readonly pool: Pool
}

/** One invite: how often it was used, how long it is good, and its link while it is open. */
export function InviteRow({ invite, pool }: InviteRowProps) {
  const { t } = useTranslation()
  const [isAsking, setAsking] = useState(false)
  const { run, isBusy, error } = useCall('pool.revokeInvite')
  const role = t(`pool.role.${invite.role}`)
  const used = t('pool.inviteUsed', { spent: invite.usesSpent, allowed: invite.usesAllowed })
  const plan = pool.plans.length > 1 ? t('pool.onPlan', { plan: planName(pool, invite.planId) }) : null
  const isOpen = invite.state === 'open'

  async function revoke(): Promise<void> {
    const result = await run({ poolId: pool.poolId, inviteId: invite.inviteId })
    if (result.ok) setAsking(false)
  }

  return (
    <Row
      icon={<IconTile icon={Link2} tone={isOpen ? 'own' : 'plain'} />}
      title={
        <>
          {role}
          <Badge tone={isOpen ? 'own' : 'plain'}>{t(`pool.inviteState.${invite.state}`)}</Badge>
        </>
      }
      text={[plan, used, isOpen ? t('pool.inviteUntil', { when: formatDateTime(invite.expiresAtMs) }) : null]
        .filter((part) => part !== null)
        .join(' · ')}
      actions={
        isOpen && (
          <>
            {invite.link !== '' && <CopyButton text={invite.link} label={t('pool.copyInvite', { role, used })} />}
            <Button
              size="small"
              aria-label={t('pool.revokeInvite', { role, used })}
              onClick={() => {
                setAsking(true)
              }}
            >
              {t('pool.revoke')}
            </Button>
          </>
        )
      }
    >
      {isAsking && (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setAsking(false)
          }}
          onConfirm={() => void revoke()}
          title={t('pool.revokeTitle')}
          text={t('pool.revokeText')}
          action={t('pool.revokeAction')}
          isDangerous
          isBusy={isBusy}
          error={error}
        />
      )}
    </Row>
  )
}
