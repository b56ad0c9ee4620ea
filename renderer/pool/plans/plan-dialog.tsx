import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../node/contract/pools.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { Checkbox } from '../../components/forms/checkbox.tsx'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { nameMistake } from '../../components/forms/text-mistakes.ts'
import { useMistakes } from '../../components/forms/use-mistakes.ts'
import { limitTextsOf, ownTimeZone, readLimitTexts } from '../../components/limits/limit-draft.ts'
import { LimitFields } from '../../components/limits/limit-fields.tsx'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { freePlanId } from './plan-id.ts'

interface PlanDialogProps {
  readonly pool: Pool
  /** Null makes a new one. */
  readonly plan: Plan | null
  readonly onClose: () => void
}

/** Makes a plan or changes one. */
export function PlanDialog({ pool, plan, onClose }: PlanDialogProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(plan?.name ?? '')
  const [texts, setTexts] = useState(limitTextsOf(plan?.limits ?? {}))
  const [isCountOnly, setCountOnly] = useState(plan?.limitMode === 'shadow')
  const { run, isBusy, error } = useCall('pool.savePlan')
  const limits = readLimitTexts(texts)
  const mistakes = useMistakes(
    { name: nameMistake(name, 40), limits: limits === null ? t('limits.unreadable') : null },
    { error, fields: {} },
  )

  async function save(): Promise<void> {
    if (limits === null) return
    const saved: Plan = {
      planId: plan?.planId ?? freePlanId(name, pool.plans),
      name: name.trim(),
      limits,
      limitMode: isCountOnly ? 'shadow' : 'enforced',
      timeZone: plan?.timeZone ?? ownTimeZone(),
    }
    const result = await run({ poolId: pool.poolId, plan: saved })
    if (!result.ok) return
    onClose()
    notify(t('pool.planSaved', { plan: saved.name }))
  }

  return (
    <FormDialog
      title={plan === null ? t('pool.planNew') : t('pool.planEditTitle', { plan: plan.name })}
      description={t('pool.planText')}
      action={t('app.save')}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(save)}
      onClose={onClose}
    >
      <div className="flex flex-col gap-5">
        <TextField label={t('pool.planName')} mistake={mistakes.of('name')} value={name} onChange={setName} />
        <LimitFields limits={texts} areMistakesShown={mistakes.areShown} onChange={setTexts} />
        <Checkbox
          label={t('pool.planCountOnly')}
          hint={t('pool.planCountOnlyHint')}
          isChecked={isCountOnly}
          onChange={setCountOnly}
        />
      </div>
    </FormDialog>
  )
}
