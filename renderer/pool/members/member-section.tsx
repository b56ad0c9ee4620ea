import { useTranslation } from 'react-i18next'
import type { Member, Pool } from '../../../node/contract/state.ts'
import { RowList } from '../../components/layout/row-list.tsx'
import { Section } from '../../components/layout/section.tsx'
import { MemberRow } from './member-row.tsx'

/** Who looks after the pool, where that is not this computer. */
function useManagerText(pool: Pool): string | undefined {
  const { t } = useTranslation()
  if (pool.isManager) return undefined
  return pool.isManagerConnected ? t('pool.managerOther') : t('pool.managerAway')
}

const rank = { owner: 0, admin: 1, member: 2, guest: 3 } as const

/** Those who run the pool first, then by name. */
function inOrder(one: Member, other: Member): number {
  return rank[one.role] - rank[other.role] || one.username.localeCompare(other.username)
}

interface MemberSectionProps {
  readonly pool: Pool
  /** Whoever lost their place sees the people as they last were, and not oneself among them. */
  readonly isOut: boolean
}

/** The people of a pool. */
export function MemberSection({ pool, isOut }: MemberSectionProps) {
  const { t } = useTranslation()
  const managerText = useManagerText(pool)
  if (pool.kind === 'devices') return null
  const members = pool.members.filter((member) => !isOut || !member.isSelf).sort(inOrder)
  const isAlone = members.every((member) => member.isSelf)
  if (isOut && isAlone) return null
  return (
    <Section title={t('pool.members')} text={isOut ? undefined : isAlone ? t('pool.membersAlone') : managerText}>
      {members.length > 0 && (
        <RowList label={t('pool.members')}>
          {members.map((member) => (
            <MemberRow key={member.accountId} member={member} pool={pool} />
          ))}
        </RowList>
      )}
    </Section>
  )
}
