import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'
import { isDissolved } from './rights.ts'

/** Asks before a pool is left, which takes a new invite to come back, or a dissolved one is taken off the list. */
export function LeavePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('pool.leave')
  const isOver = isDissolved(pool)

  async function leave(): Promise<void> {
    const result = await run({ poolId: pool.poolId })
    if (!result.ok) return
    onClose()
    notify(t(isOver ? 'pool.takeOffDone' : 'pool.leaveDone', { pool: pool.name }))
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void leave()}
      title={t(isOver ? 'pool.takeOffTitle' : 'pool.leaveTitle', { pool: pool.name })}
      text={t(isOver ? 'pool.takeOffText' : 'pool.leaveText')}
      action={t(isOver ? 'pool.takeOffAction' : 'pool.leaveAction')}
      isDangerous
      isBusy={isBusy}
      error={error}
    />
  )
}
