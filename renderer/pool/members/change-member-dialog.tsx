import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { planIdSchema } from '../../../node/contract/ids.ts'
import type { GivenRole } from '../../../node/contract/pools.ts'
import type { Member, Pool } from '../../../node/contract/state.ts'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { PlanField } from '../plans/plan-field.tsx'
import { canEntrust } from '../rights.ts'
import { RoleField } from './role-field.tsx'

interface ChangeMemberDialogProps {
  readonly pool: Pool
  readonly member: Member
  readonly onClose: () => void
}

const roles: readonly GivenRole[] = ['admin', 'member', 'guest']
const rolesByAdmins: readonly GivenRole[] = ['member', 'guest']

/** Gives somebody another role or plan. */
export function ChangeMemberDialog({ pool, member, onClose }: ChangeMemberDialogProps) {
  const { t } = useTranslation()
  const [role, setRole] = useState<GivenRole>(member.role === 'owner' ? 'admin' : member.role)
  const [planId, setPlanId] = useState<string>(member.planId)
  const { run, isBusy, error } = useCall('pool.setMember')
  const name = member.username

  async function save(): Promise<void> {
    const change = { role, planId: planIdSchema.parse(planId) }
    const result = await run({ poolId: pool.poolId, accountId: member.accountId, ...change })
    if (!result.ok) return
    onClose()
    notify(t('pool.changeDone', { name }))
  }

  return (
    <FormDialog
      title={t('pool.changeTitle', { name })}
      action={t('app.save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <RoleField
        label={t('pool.roleOf')}
        value={role}
        roles={canEntrust(pool) ? roles : rolesByAdmins}
        onChange={setRole}
      />
      <PlanField pool={pool} hint={t('pool.planHint')} value={planId} onChange={setPlanId} />
    </FormDialog>
  )
}
