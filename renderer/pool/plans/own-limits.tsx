import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../node/contract/state.ts'
import { Card } from '../../components/layout/card.tsx'
import { Section } from '../../components/layout/section.tsx'
import { LimitMeter } from '../../components/limits/limit-meter.tsx'
import { useNow } from '../../state/use-now.ts'
import { planName } from '../rights.ts'

/** Often enough for windows of a minute. */
const clockMs = 1_000

/** What the person at this computer may still use of the pool. */
export function OwnLimits({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const nowMs = useNow(clockMs)
  if (pool.limitStates.length === 0) return null
  const own = pool.members.find((member) => member.isSelf)
  const plan = pool.plans.find((one) => one.planId === own?.planId)
  return (
    <Section
      title={t('pool.ownLimits')}
      text={own === undefined ? undefined : t('pool.ownLimitsText', { plan: planName(pool, own.planId) })}
    >
      <Card className="grid gap-5 p-5 sm:grid-cols-2">
        {pool.limitStates.map((state) => (
          <LimitMeter key={state.name} state={state} nowMs={nowMs} isCountOnly={plan?.limitMode === 'shadow'} />
        ))}
      </Card>
    </Section>
  )
}
