import { Download, Ellipsis, LogOut, Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { IconButton } from '../components/icon-button.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { BackUpDialog } from './back-up-dialog.tsx'
import { LeavePoolDialog } from './leave-pool-dialog.tsx'
import { RenamePoolDialog } from './rename-pool-dialog.tsx'
import { canManage } from './rights.ts'

/** What can be done with a pool as a whole. */
export function PoolMenu({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [asks, setAsks] = useState<'rename' | 'backUp' | 'leave' | null>(null)
  const canLeave = pool.kind === 'shared' && pool.role !== 'owner'
  const canRename = canManage(pool)
  if (!canRename && !canLeave) return null

  function close(): void {
    setAsks(null)
  }

  return (
    <>
      <Menu
        label={t('pool.poolActions', { pool: pool.name })}
        trigger={<IconButton label={t('app.moreFor', { name: pool.name })} icon={<Ellipsis aria-hidden size={18} />} />}
      >
        {canRename && (
          <MenuItem
            icon={<Pencil aria-hidden size={16} />}
            onSelect={() => {
              setAsks('rename')
            }}
          >
            {t('pool.rename')}
          </MenuItem>
        )}
        {pool.isManager && (
          <MenuItem
            icon={<Download aria-hidden size={16} />}
            onSelect={() => {
              setAsks('backUp')
            }}
          >
            {t('pool.backUp')}
          </MenuItem>
        )}
        {canLeave && (
          <MenuItem
            isDangerous
            icon={<LogOut aria-hidden size={16} />}
            onSelect={() => {
              setAsks('leave')
            }}
          >
            {t('pool.leave')}
          </MenuItem>
        )}
      </Menu>
      {asks === 'rename' && <RenamePoolDialog pool={pool} onClose={close} />}
      {asks === 'backUp' && <BackUpDialog pool={pool} onClose={close} />}
      {asks === 'leave' && <LeavePoolDialog pool={pool} onClose={close} />}
    </>
  )
}
