import { useTranslation } from 'react-i18next'
import type { Member, Pool } from '../../../node/contract/state.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'

interface JudgeMemberDialogProps {
  readonly pool: Pool
  readonly member: Member
  readonly verdict: 'suspend' | 'remove'
  readonly onClose: () => void
}

const calls = { suspend: 'pool.suspendMember', remove: 'pool.removeMember' } as const

/** Asks before somebody is suspended or removed: both are felt at once. */
export function JudgeMemberDialog({ pool, member, verdict, onClose }: JudgeMemberDialogProps) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall(calls[verdict])
  const name = member.username

  async function judge(): Promise<void> {
    const result = await run({ poolId: pool.poolId, accountId: member.accountId })
    if (!result.ok) return
    onClose()
    notify(t(`pool.${verdict}Done`, { name }))
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void judge()}
      title={t(`pool.${verdict}Title`, { name })}
      text={t(`pool.${verdict}Text`)}
      action={t(`pool.${verdict}Person`, { name })}
      isDangerous
      isBusy={isBusy}
      error={error}
    />
  )
}
