import { Check, Laptop, UserRound } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../components/badge.tsx'
import { Menu, menuItemStyle } from '../../components/menu.tsx'
import type { ChatId } from '../../../node/contract/ids.ts'
import { formatList } from '../../locales/format.ts'
import { machineLabel } from '../../locales/names.ts'
import { choose } from './choice-store.ts'
import { PickerButton } from './picker-button.tsx'
import type { ModelOption } from './model-options.ts'
import type { Choice } from './use-choice.ts'

function OriginIcon({ option }: { readonly option: ModelOption | null }) {
  if (option === null || option.isOnThisComputer) return <Laptop aria-hidden size={15} className="text-accent" />
  return option.isOnlyOthers ? (
    <UserRound aria-hidden size={15} className="text-friend" />
  ) : (
    <Laptop aria-hidden size={15} />
  )
}

function OriginBadge({ option }: { readonly option: ModelOption }) {
  const { t } = useTranslation()
  if (option.isOnThisComputer) return <Badge tone="own">{t('chat.markOwn')}</Badge>
  if (option.isOnlyOthers) return <Badge tone="friend">{formatList(option.readers)}</Badge>
  if (option.readers.length > 0) return <Badge tone="friend">{t('chat.markSeveral')}</Badge>
  return <Badge tone="own">{t('chat.markMine')}</Badge>
}

function ModelRow({ option }: { readonly option: ModelOption }) {
  const { t } = useTranslation()
  const names = formatList(
    option.others.map((machine) =>
      machineLabel(machine.name, option.readers.includes(machine.ownerName) ? machine.ownerName : null),
    ),
  )
  const places = names === '' ? null : t(option.isOnThisComputer ? 'chat.alsoOn' : 'chat.onComputers', { names })
  const facts = [places, option.isLoaded ? t('chat.loaded') : null].filter((fact) => fact !== null)
  return (
    <DropdownMenu.RadioItem value={option.name} className={menuItemStyle}>
      <OriginIcon option={option} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium break-words">{option.name}</span>
        <span className="text-caption text-ink-faint first-letter:uppercase">{facts.join(' · ')}</span>
      </span>
      <OriginBadge option={option} />
      <span className="w-4">
        <DropdownMenu.ItemIndicator>
          <Check aria-hidden size={16} className="text-accent" />
        </DropdownMenu.ItemIndicator>
      </span>
    </DropdownMenu.RadioItem>
  )
}

/** Which model answers, where it is, and whose computer that is. */
export function ModelPicker({ chatId, choice }: { readonly chatId: ChatId | null; readonly choice: Choice }) {
  const { t } = useTranslation()
  const { model, option, options } = choice
  const name =
    model === null ? t('chat.chooseModel') : option === null ? t('chat.modelGone', { name: model }) : option.name
  return (
    <Menu
      align="start"
      side="top"
      label={t('chat.model')}
      trigger={
        <PickerButton
          label={model === null ? t('chat.chooseModel') : t('chat.modelChosen', { name })}
          icon={<OriginIcon option={option} />}
        >
          {name}
        </PickerButton>
      }
    >
      {options.length === 0 && <p className="px-2.5 py-2 text-small text-ink-soft">{t('chat.noModels')}</p>}
      <DropdownMenu.RadioGroup
        value={model ?? ''}
        onValueChange={(value) => {
          choose(chatId, { model: value })
        }}
      >
        {options.map((one) => (
          <ModelRow key={one.name} option={one} />
        ))}
      </DropdownMenu.RadioGroup>
    </Menu>
  )
}
