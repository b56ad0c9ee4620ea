import { useTranslation } from 'react-i18next'
import type { Message } from '../../../node/contract/state.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { formatSeconds } from '../../locales/format.ts'

type Answer = NonNullable<Message['answer']>

interface AnswerFooterProps {
  readonly answer: Answer
  readonly text: string
}

/** What the answer took, and a way to copy it. */
export function AnswerFooter({ answer, text }: AnswerFooterProps) {
  const { t } = useTranslation()
  const facts = [
    answer.completionTokens === null ? null : t('chat.tokens', { count: answer.completionTokens }),
    answer.firstTokenMs === null ? null : t('chat.firstWord', { time: formatSeconds(answer.firstTokenMs) }),
  ].filter((fact) => fact !== null)
  return (
    <footer className="-ms-2 flex flex-wrap items-center gap-x-1.5 text-caption text-ink-faint">
      <CopyButton text={text} label={t('chat.copyAnswer')} />
      <span title={t('chat.tokensHint')}>{facts.join(' · ')}</span>
    </footer>
  )
}
