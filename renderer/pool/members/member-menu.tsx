import { CircleSlash, Ellipsis, Pencil, UserCheck, UserMinus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Member } from '../../../node/contract/state.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import type { MemberRights } from '../rights.ts'

export type MemberAction = 'change' | 'suspend' | 'remove'

interface MemberMenuProps {
  readonly member: Member
  readonly rights: MemberRights
  readonly onAction: (action: MemberAction) => void
  readonly onResume: () => void
}

/** What can be done with a person of the pool. */
export function MemberMenu({ member, rights, onAction, onResume }: MemberMenuProps) {
  const { t } = useTranslation()
  const name = member.username
  return (
    <Menu
      label={t('pool.memberActions', { name })}
      trigger={<IconButton label={t('app.moreFor', { name })} icon={<Ellipsis aria-hidden size={18} />} />}
    >
      {rights.canChange && (
        <MenuItem
          icon={<Pencil aria-hidden size={16} />}
          onSelect={() => {
            onAction('change')
          }}
        >
          {t('pool.changeMember')}
        </MenuItem>
      )}
      {member.state === 'suspended' ? (
        <MenuItem icon={<UserCheck aria-hidden size={16} />} onSelect={onResume}>
          {t('pool.resume')}
        </MenuItem>
      ) : (
        <MenuItem
          icon={<CircleSlash aria-hidden size={16} />}
          onSelect={() => {
            onAction('suspend')
          }}
        >
          {t('pool.suspend')}
        </MenuItem>
      )}
      <MenuItem
        isDangerous
        icon={<UserMinus aria-hidden size={16} />}
        onSelect={() => {
          onAction('remove')
        }}
      >
        {t('pool.remove')}
      </MenuItem>
    </Menu>
  )
}
