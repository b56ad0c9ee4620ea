import { Gauge, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limitNames } from '../../../node/contract/limits.ts'
import type { Plan } from '../../../node/contract/pools.ts'
import { defaultPlanId } from '../../../node/contract/pools.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Row, RowList } from '../../components/layout/row-list.tsx'
import { Section } from '../../components/layout/section.tsx'
import { IconTile } from '../../components/icon-tile.tsx'
import { formatList, formatNumber } from '../../locales/format.ts'
import { notify, notifyProblem } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { PlanDialog } from './plan-dialog.tsx'
import { canManage } from '../rights.ts'

interface PlanRowProps {
  readonly plan: Plan
  readonly pool: Pool
  readonly onEdit: () => void
}

function PlanRow({ plan, pool, onEdit }: PlanRowProps) {
  const { t } = useTranslation()
  const remove = useCall('pool.removePlan')
  const members = pool.members.filter((member) => member.planId === plan.planId && member.role !== 'owner').length
  const limits = limitNames.flatMap((name) => {
    const limit = plan.limits[name]
    return limit === undefined ? [] : [t(`limits.short.${name}`, { count: limit, limit: formatNumber(limit) })]
  })
  const canRemove = plan.planId !== defaultPlanId && members === 0

  async function doRemove(): Promise<void> {
    const result = await remove.run({ poolId: pool.poolId, planId: plan.planId })
    if (result.ok) notify(t('pool.planRemoved', { plan: plan.name }))
    else notifyProblem(result.error)
  }

  return (
    <Row
      icon={<IconTile icon={Gauge} tone="plain" />}
      title={
        <>
          {plan.name}
          {plan.limitMode === 'shadow' && <Badge tone="caution">{t('limits.countOnly')}</Badge>}
        </>
      }
      text={[
        limits.length === 0 ? t('pool.planFree') : formatList(limits),
        t('pool.planMembers', { count: members }),
      ].join(' · ')}
      actions={
        canManage(pool) && (
          <>
            <Button size="small" aria-label={t('pool.planEditNamed', { plan: plan.name })} onClick={onEdit}>
              {t('app.change')}
            </Button>
            {canRemove && (
              <Button
                size="small"
                aria-label={t('pool.planRemoveNamed', { plan: plan.name })}
                isBusy={remove.isBusy}
                onClick={() => void doRemove()}
              >
                {t('app.remove')}
              </Button>
            )}
          </>
        )
      }
    />
  )
}

/** The plans of a pool: how much its members may use of each other's computers. */
export function PlanSection({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [edited, setEdited] = useState<Plan | 'new' | null>(null)
  if (pool.kind === 'devices' || pool.plans.length === 0) return null
  return (
    <Section
      title={t('pool.plans')}
      text={t('pool.plansText')}
      action={
        canManage(pool) ? (
          <Button
            size="small"
            icon={<Plus aria-hidden size={16} />}
            onClick={() => {
              setEdited('new')
            }}
          >
            {t('pool.planNew')}
          </Button>
        ) : undefined
      }
    >
      <RowList label={t('pool.plans')}>
        {pool.plans.map((plan) => (
          <PlanRow
            key={plan.planId}
            plan={plan}
            pool={pool}
            onEdit={() => {
              setEdited(plan)
            }}
          />
        ))}
      </RowList>
      {edited !== null && (
        <PlanDialog
          pool={pool}
          plan={edited === 'new' ? null : edited}
          onClose={() => {
            setEdited(null)
          }}
        />
      )}
    </Section>
  )
}
