import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { defaultPlanId } from '../../../node/contract/pools.ts'
import type { Invite, Pool } from '../../../node/contract/state.ts'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { useMistakes } from '../../components/forms/use-mistakes.ts'
import { SelectField } from '../../components/forms/select-field.tsx'
import { useCall } from '../../state/use-call.ts'
import { RoleField } from '../members/role-field.tsx'
import { PlanField } from '../plans/plan-field.tsx'
import { InviteReady } from './invite-ready.tsx'

interface CreateInviteDialogProps {
  readonly pool: Pool
  readonly onClose: () => void
}

const invitedRoles = ['member', 'guest'] as const
type InvitedRole = (typeof invitedRoles)[number]

const hourMs = 3_600_000
const lifetimes = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, month: 30 * 24 * hourMs } as const
type Lifetime = keyof typeof lifetimes
const lifetimeNames = Object.keys(lifetimes) as Lifetime[]
const maxUses = 1_000

/** Makes an invite, then shows its link. */
export function CreateInviteDialog({ pool, onClose }: CreateInviteDialogProps) {
  const { t } = useTranslation()
  const [role, setRole] = useState<InvitedRole>('member')
  const [planId, setPlanId] = useState<string>(defaultPlanId)
  const [uses, setUses] = useState('1')
  const [lifetime, setLifetime] = useState<Lifetime>('week')
  const [made, setMade] = useState<Invite | null>(null)
  const { run, isBusy, error } = useCall('pool.createInvite')
  const usesAllowed = Number(uses)
  const areUsesRight = Number.isInteger(usesAllowed) && usesAllowed >= 1 && usesAllowed <= maxUses
  const mistakes = useMistakes(
    { uses: areUsesRight ? null : t('mistakes.wholeNumber', { max: maxUses }) },
    { error, fields: {} },
  )

  async function create(): Promise<void> {
    const result = await run({ poolId: pool.poolId, role, planId, usesAllowed, lifetimeMs: lifetimes[lifetime] })
    if (result.ok) setMade(result.value)
  }

  if (made !== null) return <InviteReady invite={made} onClose={onClose} />
  return (
    <FormDialog
      title={t('pool.inviteTitle', { pool: pool.name })}
      description={t('pool.inviteText')}
      action={t('pool.inviteAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(create)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <RoleField label={t('pool.inviteRole')} value={role} roles={invitedRoles} onChange={setRole} />
        </div>
        {pool.plans.length > 1 && (
          <div className="sm:col-span-2">
            <PlanField pool={pool} value={planId} onChange={setPlanId} />
          </div>
        )}
        <TextField
          label={t('pool.inviteUses')}
          type="number"
          min={1}
          max={maxUses}
          step={1}
          mistake={mistakes.of('uses')}
          value={uses}
          onChange={setUses}
        />
        <SelectField
          label={t('pool.inviteLifetime')}
          value={lifetime}
          onChange={setLifetime}
          options={lifetimeNames.map((value) => ({ value, label: t(`pool.lifetime.${value}`) }))}
        />
      </div>
    </FormDialog>
  )
}
