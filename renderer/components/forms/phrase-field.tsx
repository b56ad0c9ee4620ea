import { useTranslation } from 'react-i18next'
import { TextArea } from './text-area.tsx'

interface PhraseFieldProps {
  readonly hint: string
  readonly mistake: string | null
  readonly value: string
  readonly onChange: (text: string) => void
  readonly autoFocus?: boolean
}

/** Where the words of a recovery phrase are typed or pasted. */
export function PhraseField({ hint, mistake, value, onChange, autoFocus = false }: PhraseFieldProps) {
  const { t } = useTranslation()
  return (
    <TextArea
      label={t('account.phraseEnter')}
      hint={hint}
      mistake={mistake}
      rows={3}
      maxLength={2_000}
      required
      autoFocus={autoFocus}
      value={value}
      onChange={onChange}
    />
  )
}
