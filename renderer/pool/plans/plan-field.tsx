import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../node/contract/state.ts'
import { SelectField } from '../../components/forms/select-field.tsx'

interface PlanFieldProps {
  readonly pool: Pool
  readonly hint?: string
  readonly value: string
  readonly onChange: (planId: string) => void
}

/** One of the plans of a pool. */
export function PlanField({ pool, hint, value, onChange }: PlanFieldProps) {
  const { t } = useTranslation()
  return (
    <SelectField
      label={t('pool.plan')}
      hint={hint}
      value={value}
      onChange={onChange}
      options={pool.plans.map((plan) => ({ value: plan.planId, label: plan.name }))}
    />
  )
}
