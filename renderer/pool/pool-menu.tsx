import { ArrowRightLeft, Download, Ellipsis, LogOut, Pencil, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { IconButton } from '../components/icon-button.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { BackUpDialog } from './back-up-dialog.tsx'
import { DissolvePoolDialog } from './dissolve-pool-dialog.tsx'
import { HandOverPoolDialog } from './hand-over-pool-dialog.tsx'
import { LeavePoolDialog } from './leave-pool-dialog.tsx'
import { RenamePoolDialog } from './rename-pool-dialog.tsx'
import { canEndPool, canLeavePool, canManage, isDissolved } from './rights.ts'

const dialogs = {
  rename: RenamePoolDialog,
  backUp: BackUpDialog,
  handOver: HandOverPoolDialog,
  dissolve: DissolvePoolDialog,
  leave: LeavePoolDialog,
} as const
type Choice = keyof typeof dialogs

const icons = {
  rename: <Pencil aria-hidden size={16} />,
  backUp: <Download aria-hidden size={16} />,
  handOver: <ArrowRightLeft aria-hidden size={16} />,
  dissolve: <Trash2 aria-hidden size={16} />,
  leave: <LogOut aria-hidden size={16} />,
} as const satisfies Record<Choice, ReactNode>

/** What this person can do with a pool as a whole, the harmless first. */
function choicesFor(pool: Pool): readonly Choice[] {
  const isOver = isDissolved(pool)
  const choices: readonly [Choice, boolean][] = [
    ['rename', !isOver && canManage(pool)],
    ['backUp', !isOver && pool.isManager],
    ['handOver', canEndPool(pool)],
    ['dissolve', canEndPool(pool)],
    ['leave', canLeavePool(pool)],
  ]
  return choices.flatMap(([choice, isThere]) => (isThere ? [choice] : []))
}

/** What can be done with a pool as a whole. */
export function PoolMenu({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [asks, setAsks] = useState<Choice | null>(null)
  const choices = choicesFor(pool)
  const Asked = asks === null ? null : dialogs[asks]
  if (choices.length === 0) return null

  return (
    <>
      <Menu
        label={t('pool.poolActions', { pool: pool.name })}
        trigger={<IconButton label={t('app.moreFor', { name: pool.name })} icon={<Ellipsis aria-hidden size={18} />} />}
      >
        {choices.map((choice) => (
          <MenuItem
            key={choice}
            isDangerous={choice === 'dissolve' || choice === 'leave'}
            icon={icons[choice]}
            onSelect={() => {
              setAsks(choice)
            }}
          >
            {choice === 'leave' && isDissolved(pool) ? t('pool.takeOff') : t(`pool.${choice}`)}
          </MenuItem>
        ))}
      </Menu>
      {Asked !== null && (
        <Asked
          pool={pool}
          onClose={() => {
            setAsks(null)
          }}
        />
      )}
    </>
  )
}
