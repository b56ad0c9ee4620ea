import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../node/contract/pools.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/forms/checkbox.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { TextField } from '../../components/forms/field.tsx'
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
  const formId = useId()
  const [name, setName] = useState(plan?.name ?? '')
  const [texts, setTexts] = useState(limitTextsOf(plan?.limits ?? {}))
  const [isCountOnly, setCountOnly] = useState(plan?.limitMode === 'shadow')
  const { run, isBusy, error } = useCall('pool.savePlan')
  const limits = readLimitTexts(texts)
  const isReady = name.trim() !== '' && limits !== null

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
    <Dialog
      isOpen
      onClose={onClose}
      title={plan === null ? t('pool.planNew') : t('pool.planEditTitle', { plan: plan.name })}
      description={t('pool.planText')}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy} disabled={!isReady}>
            {t('app.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && isReady) void save()
        }}
      >
        <TextField
          label={t('pool.planName')}
          autoFocus
          maxLength={40}
          value={name}
          onChange={(event) => {
            setName(event.target.value)
          }}
        />
        <LimitFields limits={texts} onChange={setTexts} />
        <div role="status" className="empty:hidden">
          {limits === null && <p className="text-small text-danger-ink">{t('limits.unreadable')}</p>}
        </div>
        <Checkbox
          label={t('pool.planCountOnly')}
          hint={t('pool.planCountOnlyHint')}
          isChecked={isCountOnly}
          onChange={setCountOnly}
        />
        <ErrorNote error={error} />
      </form>
    </Dialog>
  )
}
