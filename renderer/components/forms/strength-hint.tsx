import { useTranslation } from 'react-i18next'
import { strengthLevels, type StrengthLevel } from './strength-level.ts'

const colours: Record<StrengthLevel, string> = {
  none: 'bg-hover',
  weak: 'bg-danger',
  fair: 'bg-edge',
  good: 'bg-accent',
  strong: 'bg-accent',
}

/** How strong a password is, in bars and in words. */
export function StrengthHint({ level }: { readonly level: StrengthLevel }) {
  const { t } = useTranslation()
  const filled = strengthLevels.indexOf(level)
  const words = level === 'none' ? null : t(`account.strengthLevel.${level}`)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-small">
      <span aria-hidden className="flex gap-1">
        {strengthLevels.slice(1).map((step, place) => (
          <span
            key={step}
            className={`h-1.5 w-9 rounded-full ${place < filled ? `forced-fill ${colours[level]}` : 'bg-hover'}`}
          />
        ))}
      </span>
      <span role="status" className="text-ink-soft">
        {words !== null && <span className="sr-only">{t('account.strength')}: </span>}
        {words}
      </span>
      {(level === 'weak' || level === 'fair') && <span className="text-ink-faint">{t('account.strengthHint')}</span>}
    </div>
  )
}
