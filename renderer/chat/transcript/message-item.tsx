import { memo } from 'react'
import type { ChatId } from '../../../node/contract/ids.ts'
import type { Message } from '../../../node/contract/state.ts'
import { AnswerItem } from './answer-item.tsx'
import { QuestionItem } from './question-item.tsx'

interface MessageItemProps {
  readonly message: Message
  readonly chatId: ChatId | null
  /** The question to ask again where this is the last answer and it failed or was stopped. */
  readonly askAgainText: string | null
}

/** One message. Drawn again only when it changes itself. */
export const MessageItem = memo(function MessageItem({ message, chatId, askAgainText }: MessageItemProps) {
  if (message.role === 'user') return <QuestionItem text={message.text} createdAtMs={message.createdAtMs} />
  return <AnswerItem message={message} chatId={chatId} askAgainText={askAgainText} />
})
