import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../locales/format.ts'
import { maxQuestionChars, type Refusal } from './refusal.ts'

interface ComposerHintProps {
  readonly id: string
  readonly refusal: Refusal | null
  /** Whether sending was tried, so that the reason is wanted. */
  readonly wasRefused: boolean
  readonly length: number
}

/** Below the composer: how to send, or why it does not send now. */
export function ComposerHint({ id, refusal, wasRefused, length }: ComposerHintProps) {
  const { t } = useTranslation()
  const over = length - maxQuestionChars
  const reason =
    refusal === 'tooLong'
      ? t('chat.refusal.tooLong', {
          count: over,
          over: formatNumber(over),
          length: formatNumber(length),
          most: formatNumber(maxQuestionChars),
        })
      : wasRefused && refusal !== null && refusal !== 'empty'
        ? t(`chat.refusal.${refusal}`)
        : null
  return (
    <div id={id} className="text-center text-caption">
      <p role="status" className="font-medium text-danger-ink">
        {reason}
      </p>
      {reason === null && <p className="hidden text-ink-faint sm:block">{t('chat.keys')}</p>}
    </div>
  )
}
