import { useTranslation } from 'react-i18next'
import { formatWhen } from '../../locales/format.ts'

interface QuestionItemProps {
  readonly text: string
  readonly createdAtMs: number
}

/** What the person asked. */
export function QuestionItem({ text, createdAtMs }: QuestionItemProps) {
  const { t } = useTranslation()
  return (
    <article
      aria-label={t('chat.authorYou', { time: formatWhen(createdAtMs) })}
      className="transcript-item flex justify-end ps-8 sm:ps-16"
    >
      <p
        dir="auto"
        className="forced-edge rounded-panel rounded-ee-md bg-accent-soft px-4 py-2.5 break-words whitespace-pre-wrap text-ink"
      >
        {text}
      </p>
    </article>
  )
}
