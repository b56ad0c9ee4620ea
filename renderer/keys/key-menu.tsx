import { Ban, ChartColumn, Ellipsis, House, Pencil, Power, RefreshCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { IconButton } from '../components/icon-button.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { showUsageOfKey } from '../state/usage-choice.ts'

export type KeyAction = 'edit' | 'rotate' | 'revoke' | 'takeHome'

interface KeyMenuProps {
  readonly apiKey: ApiKey
  readonly onAction: (action: KeyAction) => void
  readonly onSwitch: () => void
}

/** What can be done with a key. One that is revoked can only be looked at. */
export function KeyMenu({ apiKey, onAction, onSwitch }: KeyMenuProps) {
  const { t } = useTranslation()
  const canChange = apiKey.state !== 'revoked'
  return (
    <Menu
      label={t('keys.actionsOf', { name: apiKey.name })}
      trigger={<IconButton label={t('app.moreFor', { name: apiKey.name })} icon={<Ellipsis aria-hidden size={18} />} />}
    >
      {canChange && (
        <>
          <MenuItem
            icon={<Pencil aria-hidden size={16} />}
            onSelect={() => {
              onAction('edit')
            }}
          >
            {t('keys.edit')}
          </MenuItem>
          <MenuItem
            icon={<RefreshCw aria-hidden size={16} />}
            onSelect={() => {
              onAction('rotate')
            }}
          >
            {t('keys.rotate')}
          </MenuItem>
          {!apiKey.isHomeHere && (
            <MenuItem
              icon={<House aria-hidden size={16} />}
              onSelect={() => {
                onAction('takeHome')
              }}
            >
              {t('keys.takeHome')}
            </MenuItem>
          )}
        </>
      )}
      <MenuItem
        icon={<ChartColumn aria-hidden size={16} />}
        onSelect={() => {
          showUsageOfKey(apiKey)
        }}
      >
        {t('keys.showUsage')}
      </MenuItem>
      {(apiKey.state === 'enabled' || apiKey.state === 'disabled') && (
        <MenuItem icon={<Power aria-hidden size={16} />} onSelect={onSwitch}>
          {apiKey.state === 'enabled' ? t('keys.disable') : t('keys.enable')}
        </MenuItem>
      )}
      {canChange && (
        <MenuItem
          isDangerous
          icon={<Ban aria-hidden size={16} />}
          onSelect={() => {
            onAction('revoke')
          }}
        >
          {t('keys.revoke')}
        </MenuItem>
      )}
    </Menu>
  )
}
