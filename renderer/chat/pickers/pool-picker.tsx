import { Check, Users } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../node/contract/state.ts'
import { Menu, menuItemStyle } from '../../components/menu.tsx'
import { updateSettings } from '../../state/settings.ts'
import { useSlice } from '../../state/slices.ts'
import { PickerButton } from './picker-button.tsx'

/** Which pool the next question goes to. */
export function PoolPicker({ chosen }: { readonly chosen: Pool | null }) {
  const { t } = useTranslation()
  const pools = useSlice('pools')
  const name = chosen?.name ?? t('nav.pool')
  return (
    <Menu
      align="start"
      side="top"
      label={t('chat.pool')}
      trigger={
        <PickerButton label={t('chat.poolChosen', { name })} icon={<Users aria-hidden size={15} />}>
          {name}
        </PickerButton>
      }
    >
      <DropdownMenu.RadioGroup
        value={chosen?.poolId ?? ''}
        onValueChange={(value) => {
          const pool = pools.find((one) => one.poolId === value)
          if (pool !== undefined) void updateSettings({ chatPoolId: pool.poolId })
        }}
      >
        {pools.map((pool) => (
          <DropdownMenu.RadioItem key={pool.poolId} value={pool.poolId} className={menuItemStyle}>
            <span className="flex min-w-0 flex-1 flex-col">
              <span className="font-medium break-words">{pool.name}</span>
              <span className="text-caption text-ink-faint">{t(`pool.kind.${pool.kind}`)}</span>
            </span>
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden size={16} className="text-accent" />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </Menu>
  )
}
