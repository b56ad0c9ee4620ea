import { Link2, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { RowList } from '../../components/layout/row-list.tsx'
import { Section } from '../../components/layout/section.tsx'
import { Empty } from '../../components/layout/empty.tsx'
import { CreateInviteDialog } from './create-invite-dialog.tsx'
import { InviteRow } from './invite-row.tsx'
import { canManage, runsPool } from '../rights.ts'

const order = { open: 0, spent: 1, expired: 2, revoked: 3 } as const

/** The invites of a pool, for those who run it. New ones wait for the computer that looks after the pool. */
export function InviteSection({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [isMaking, setMaking] = useState(false)
  const isMaker = canManage(pool)
  if (!isMaker && (!runsPool(pool) || pool.invites.length === 0)) return null
  const invites = [...pool.invites].sort((first, second) => order[first.state] - order[second.state])

  const make = (
    <Button
      variant="primary"
      size="small"
      icon={<UserPlus aria-hidden size={16} />}
      onClick={() => {
        setMaking(true)
      }}
    >
      {t('pool.invite')}
    </Button>
  )
  return (
    <Section title={t('pool.invites')} action={isMaker && invites.length > 0 ? make : undefined}>
      {invites.length === 0 ? (
        <Empty icon={<Link2 aria-hidden size={26} />} action={make}>
          {t('pool.invitesNone')}
        </Empty>
      ) : (
        <RowList label={t('pool.invites')}>
          {invites.map((invite) => (
            <InviteRow key={invite.inviteId} invite={invite} pool={pool} />
          ))}
        </RowList>
      )}
      {isMaking && (
        <CreateInviteDialog
          pool={pool}
          onClose={() => {
            setMaking(false)
          }}
        />
      )}
    </Section>
  )
}
