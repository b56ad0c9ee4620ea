import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../../node/contract/ids.ts'
import type { Message } from '../../../node/contract/state.ts'
import { Button } from '../../components/button.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { formatWhen } from '../../locales/format.ts'
import { machineLabel } from '../../locales/names.ts'
import { AnswerFooter } from './answer-footer.tsx'
import { AnswerOrigin } from './answer-origin.tsx'
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx'
import { StageLine } from './stage-line.tsx'
import { isAnswering, useTranscripts } from './transcript-store.ts'
import { useSend } from '../composer/use-send.ts'

interface AnswerItemProps {
  readonly message: Message
  readonly chatId: ChatId | null
  readonly askAgainText: string | null
}

/** An answer: which computer gives it, its text as it comes, and how it ended. */
export function AnswerItem({ message, chatId, askAgainText }: AnswerItemProps) {
  const { t } = useTranslation()
  const { send } = useSend(chatId)
  const isRunning = isAnswering(message)
  const live = useTranscripts((transcripts) => (isRunning ? transcripts.live[message.messageId] : undefined))
  const text = live !== undefined && live.text.length > message.text.length ? live.text : message.text
  const answer = message.answer !== null && live !== undefined ? { ...message.answer, ...live.taker } : message.answer
  const machine = answer === null ? '' : machineLabel(answer.machineName, answer.memberName)
  const time = formatWhen(message.createdAtMs)
  const failed = answer?.state === 'failed'
  const isEmpty = answer?.state === 'complete' && text.trim() === ''
  const again = askAgainText !== null && (failed || isEmpty || answer?.state === 'stopped')

  const askAgain = again && (
    <Button
      size="small"
      onClick={() => {
        send(askAgainText)
      }}
    >
      {t('chat.askAgain')}
    </Button>
  )

  return (
    <article
      aria-label={machine === '' ? t('chat.authorAnswerOfNobody', { time }) : t('chat.authorAnswer', { machine, time })}
      aria-busy={isRunning || undefined}
      className={`flex flex-col gap-2.5 ${isRunning ? '' : 'transcript-item'}`}
    >
      {answer !== null && machine !== '' && <AnswerOrigin answer={answer} />}
      {!failed && answer?.leftOutMessages !== undefined && (
        <p className="text-small text-ink-soft">{t('chat.leftOut', { count: answer.leftOutMessages })}</p>
      )}
      {text !== '' && <LazyMarkdown text={text} isStreaming={isRunning} />}
      {isRunning && text === '' && <StageLine stage={live?.stage ?? null} />}
      {isEmpty && (
        <p className="flex flex-wrap items-center gap-3 text-small text-ink-soft">
          {t('chat.emptyAnswer')}
          {askAgain}
        </p>
      )}
      {failed && <ErrorNote isQuiet error={answer.error} action={askAgain} />}
      {answer?.state === 'stopped' && (
        <p className="flex flex-wrap items-center gap-3 text-small text-ink-faint">
          {t('chat.stopped')}
          {askAgain}
        </p>
      )}
      {!isRunning && text !== '' && answer !== null && <AnswerFooter answer={answer} text={text} />}
    </article>
  )
}
