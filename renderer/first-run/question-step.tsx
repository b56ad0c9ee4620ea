import { useState } from 'react'
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
import { useNavigation } from '../state/navigation.ts'
import { StepFrame } from './step-frame.tsx'

interface QuestionStepProps {
  readonly onBack: () => void
  readonly onFinish: (chatId: ChatId | null) => void
}

/** A first question, and its answer. */
export function QuestionStep({ onBack, onFinish }: QuestionStepProps) {
  const { t } = useTranslation()
  const chatId = useNavigation((navigation) => navigation.chatId)
  const asking = useAsking((state) => state.asking)
  const chat = useChat(chatId)
  const { choice, send } = useSend(chatId)
  const [question, setQuestion] = useState(t('firstRun.questionExample'))
  const hasAsked = asking !== null || chat.messages.length > 0
  const isDone = chat.messages.some((message) => message.answer?.state === 'complete')
  const canAsk = choice.options.length > 0

  return (
    <StepFrame
      title={t('firstRun.questionTitle')}
      text={t('firstRun.questionText')}
      actions={
        <>
          <Button onClick={onBack}>{t('firstRun.back')}</Button>
          <Button
            variant={isDone ? 'primary' : 'secondary'}
            onClick={() => {
              onFinish(chatId)
            }}
          >
            {t('firstRun.finish')}
          </Button>
        </>
      }
    >
      {!canAsk && <Callout tone="caution">{t('firstRun.questionNoModel')}</Callout>}
      {!hasAsked && (
        <Form
          canSubmit={canAsk && question.trim() !== ''}
          className="flex flex-wrap items-end gap-3"
          onSubmit={() => {
            send(question)
          }}
        >
          <TextField label={t('chat.composer')} className="min-w-60 flex-1" value={question} onChange={setQuestion} />
          <ModelPicker choice={choice} />
          <Button type="submit" variant="primary" disabled={!canAsk || question.trim() === ''}>
            {t('firstRun.questionAsk')}
          </Button>
        </Form>
      )}
      <div role="log" aria-live="off" aria-label={t('chat.transcript')} className="flex flex-col gap-6">
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
