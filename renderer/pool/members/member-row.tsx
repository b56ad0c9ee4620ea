import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Member, Pool } from '../../../node/contract/state.ts'
import { Badge } from '../../components/badge.tsx'
import { Row } from '../../components/layout/row-list.tsx'
import { notify, notifyProblem } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { ChangeMemberDialog } from './change-member-dialog.tsx'
import { JudgeMemberDialog } from './judge-member-dialog.tsx'
import { MemberMenu, type MemberAction } from './member-menu.tsx'
import { planName, rightsOver } from '../rights.ts'

interface MemberRowProps {
  readonly member: Member
  readonly pool: Pool
}

function Avatar({ member }: { readonly member: Member }) {
  return (
    <span
      aria-hidden
      className={`forced-edge flex size-10 shrink-0 items-center justify-center rounded-full font-semibold uppercase ${member.isSelf ? 'bg-accent-soft text-accent-ink' : 'bg-friend-soft text-friend-ink'}`}
    >
      {member.username.slice(0, 1)}
    </span>
  )
}

/** One person of a pool, with role and plan, and what may be done. */
export function MemberRow({ member, pool }: MemberRowProps) {
  const { t } = useTranslation()
  const [asks, setAsks] = useState<MemberAction | null>(null)
  const resume = useCall('pool.resumeMember')
  const name = member.username
  const rights = rightsOver(pool, member)
  const hasPlans = pool.plans.length > 1
  const plan = hasPlans && member.role !== 'owner' ? t('pool.onPlan', { plan: planName(pool, member.planId) }) : null

  async function doResume(): Promise<void> {
    const result = await resume.run({ poolId: pool.poolId, accountId: member.accountId })
    if (result.ok) notify(t('pool.resumed', { name }))
    else notifyProblem(result.error)
  }

  function close(): void {
    setAsks(null)
  }

  return (
    <Row
      icon={<Avatar member={member} />}
      title={
        <>
          {name}
          <span title={t('account.tag')} className="font-mono text-caption font-normal text-ink-faint">
            {member.tag}
          </span>
          {member.isSelf && <Badge tone="own">{t('pool.memberYou')}</Badge>}
          {member.state !== 'active' && (
            <Badge tone={member.state === 'suspended' ? 'danger' : 'caution'}>
              {t(`pool.memberState.${member.state}`)}
            </Badge>
          )}
        </>
      }
      text={[t(`pool.role.${member.role}`), plan].filter((part) => part !== null).join(' · ')}
      actions={
        rights.canModerate && (
          <MemberMenu member={member} rights={rights} onAction={setAsks} onResume={() => void doResume()} />
        )
      }
    >
      {asks === 'change' && <ChangeMemberDialog pool={pool} member={member} onClose={close} />}
      {(asks === 'suspend' || asks === 'remove') && (
        <JudgeMemberDialog pool={pool} member={member} verdict={asks} onClose={close} />
      )}
    </Row>
  )
}
