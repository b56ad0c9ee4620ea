import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** Asks before a pool is left: coming back takes a new invite. */
export function LeavePoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('pool.leave')

  async function leave(): Promise<void> {
    const result = await run({ poolId: pool.poolId })
    if (!result.ok) return
    onClose()
    notify(t('pool.leaveDone', { pool: pool.name }))
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => void leave()}
      title={t('pool.leaveTitle', { pool: pool.name })}
      text={t('pool.leaveText')}
      action={t('pool.leaveAction')}
      isDangerous
      isBusy={isBusy}
      error={error}
    />
  )
}
