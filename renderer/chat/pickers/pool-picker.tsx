import { Check, Users } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../../node/contract/ids.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { Menu, menuItemStyle } from '../../components/menu.tsx'
import { useSlice } from '../../state/slices.ts'
import { choose } from './choice-store.ts'
import { PickerButton } from './picker-button.tsx'

interface PoolPickerProps {
  readonly chatId: ChatId | null
  readonly chosen: Pool | null
}

/** Which pool the next question goes to. */
export function PoolPicker({ chatId, chosen }: PoolPickerProps) {
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
          if (pool !== undefined) choose(chatId, { poolId: pool.poolId })
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
