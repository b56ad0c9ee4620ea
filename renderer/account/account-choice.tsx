import { useTranslation } from 'react-i18next'
import { RadioGroup } from 'radix-ui'
import type { AccountSummary } from '../../node/contract/accounts.ts'

interface AccountChoiceProps {
  readonly accounts: readonly AccountSummary[]
  readonly username: string
  readonly onChoose: (username: string) => void
}

/** The accounts on this computer, to choose one to open. */
export function AccountChoice({ accounts, username, onChoose }: AccountChoiceProps) {
  const { t } = useTranslation()
  return (
    <RadioGroup.Root
      aria-label={t('account.chooseAccount')}
      value={username}
      onValueChange={onChoose}
      className="flex max-h-60 flex-col gap-1.5 overflow-y-auto p-0.5"
    >
      {accounts.map((account) => (
        <RadioGroup.Item
          key={account.accountId}
          value={account.username}
          className="flex min-h-13 items-center gap-3 rounded-control border border-line bg-surface px-3 text-start transition-colors hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span
            aria-hidden
            className="flex size-8 items-center justify-center rounded-full bg-sunken font-semibold text-accent-ink uppercase"
          >
            {account.username.slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1 truncate font-medium">{account.username}</span>
          <span title={t('account.tag')} className="font-mono text-caption text-ink-faint">
            {account.tag}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
