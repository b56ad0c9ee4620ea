import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../node/contract/ids.ts'
import { AskingItem } from '../chat/transcript/asking-item.tsx'
import { useAsking } from '../chat/composer/ask-store.ts'
import { MessageItem } from '../chat/transcript/message-item.tsx'
import { ModelPicker } from '../chat/pickers/model-picker.tsx'
import { stopAnswer } from '../chat/composer/stop-answer.ts'
import { useChat } from '../chat/use-chat.ts'
import { useSend } from '../chat/composer/use-send.ts'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { TextField } from '../components/forms/field.tsx'
import { Form } from '../components/forms/form.tsx'
import { useChatPlace, useNavigation } from '../state/navigation.ts'
import { StepFrame } from './step-frame.tsx'

interface QuestionStepProps {
  readonly onBack: () => void
  readonly onFinish: (chatId: ChatId | null) => void
}

/** A first question, and its answer. */
export function QuestionStep({ onBack, onFinish }: QuestionStepProps) {
  const { t } = useTranslation()
  const chatId = useNavigation((navigation) => navigation.chatId)
  const place = useChatPlace()
  const asking = useAsking((state) => state.asking[place] ?? null)
  const chat = useChat(chatId)
  const { choice, send } = useSend(chatId)
  const [question, setQuestion] = useState(t('firstRun.questionExample'))
  const hasAsked = asking !== null || chat.messages.length > 0
  const isDone = chat.messages.some((message) => message.answer?.state === 'complete')
  const canAsk = choice.options.length > 0
  const transcript = useRef<HTMLDivElement>(null)

  // The form that had the focus is gone.
  useEffect(() => {
    if (hasAsked && !isDone) transcript.current?.focus()
  }, [hasAsked, isDone])

  return (
    <StepFrame
      title={t(isDone ? 'firstRun.doneTitle' : 'firstRun.questionTitle')}
      text={t(isDone ? 'firstRun.doneText' : canAsk ? 'firstRun.questionText' : 'firstRun.questionMissing')}
      actions={
        <>
          <Button onClick={onBack}>{t('firstRun.back')}</Button>
          <Button
            variant={isDone ? 'primary' : 'secondary'}
            onClick={() => {
              onFinish(chatId)
            }}
          >
            {t(isDone ? 'firstRun.goOn' : 'firstRun.finish')}
          </Button>
        </>
      }
    >
      {!canAsk && !hasAsked && (
        <Callout tone="caution" title={t('chat.noModelTitle')}>
          <span className="flex flex-wrap items-center justify-between gap-3">
            <span className="min-w-48 flex-1">{t('firstRun.questionNoModel')}</span>
            <Button variant="primary" size="small" onClick={onBack}>
              {t('chat.noModelAction')}
            </Button>
          </span>
        </Callout>
      )}
      {canAsk && !hasAsked && (
        <Form
          canSubmit={question.trim() !== ''}
          className="flex flex-wrap items-end gap-3"
          onSubmit={() => {
            send(question)
          }}
        >
          <TextField label={t('chat.composer')} className="min-w-60 flex-1" value={question} onChange={setQuestion} />
          <ModelPicker chatId={chatId} choice={choice} />
          <Button type="submit" variant="primary" disabled={question.trim() === ''}>
            {t('firstRun.questionAsk')}
          </Button>
        </Form>
      )}
      <div
        ref={transcript}
        role="log"
        aria-live="off"
        aria-label={t('chat.transcript')}
        tabIndex={-1}
        className="flex flex-col gap-6 outline-none"
      >
        {chat.messages.map((message) => (
          <MessageItem
            key={message.messageId}
            message={message}
            chatId={chatId}
            askAgainText={message === chat.messages.at(-1) ? question : null}
          />
        ))}
        {asking !== null && <AskingItem asking={asking} />}
      </div>
      {chat.isAnswering && chatId !== null && (
        <Button size="small" className="self-start" onClick={() => void stopAnswer(chatId)}>
          {t('chat.stop')}
        </Button>
      )}
      <p role="status" className="font-medium text-accent-ink">
        {isDone ? t('firstRun.questionDone') : ''}
      </p>
    </StepFrame>
  )
}
