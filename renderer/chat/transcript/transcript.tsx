import { ArrowDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../../node/contract/ids.ts'
import { Button } from '../../components/button.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { focusComposer } from '../composer/composer-focus.ts'
import { AskingItem } from './asking-item.tsx'
import type { Asking } from '../composer/ask-store.ts'
import { MessageItem } from './message-item.tsx'
import type { useChat } from '../use-chat.ts'
import { useDrawnCount } from './use-drawn-count.ts'
import { useStickToEnd } from './use-stick-to-end.ts'

interface TranscriptProps {
  readonly chatId: ChatId | null
  readonly chat: ReturnType<typeof useChat>
  readonly asking: Asking | null
}

/** What was said, the newest at the end. It is silent for screen readers: the announcer speaks for it. */
export function Transcript({ chatId, chat, asking }: TranscriptProps) {
  const { t } = useTranslation()
  const { scroller, content, isAtEnd, jumpToEnd } = useStickToEnd()
  const lastQuestion = chat.messages.findLast((message) => message.role === 'user')
  const last = chat.messages.at(-1)
  const drawnCount = useDrawnCount(chat.messages.length)
  return (
    <div className="relative min-h-0 flex-1 short:h-[80vh] short:flex-none">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={t('chat.transcript')}
        tabIndex={0}
        className="h-full overflow-y-auto px-5 -outline-offset-2 [scrollbar-gutter:stable_both-edges] sm:px-8"
      >
        <div ref={content} className="mx-auto flex max-w-3xl flex-col gap-7 py-7">
          {chat.state === 'loading' && chatId !== null && (
            <p role="status" className="flex items-center gap-2 text-small text-ink-soft">
              <Spinner /> {t('chat.loading')}
            </p>
          )}
          {chat.state === 'failed' && (
            <ErrorNote
              error={chat.error}
              action={
                <Button size="small" onClick={chat.retry}>
                  {t('app.tryAgain')}
                </Button>
              }
            />
          )}
          {chat.messages.slice(-drawnCount).map((message) => (
            <MessageItem
              key={message.messageId}
              message={message}
              chatId={chatId}
              askAgainText={message === last ? (lastQuestion?.text ?? null) : null}
            />
          ))}
          {asking !== null && <AskingItem asking={asking} />}
        </div>
      </div>
      {!isAtEnd && (
        <Button
          size="small"
          icon={<ArrowDown aria-hidden size={15} />}
          className="fade absolute bottom-3 start-1/2 -translate-x-1/2 rounded-full! whitespace-nowrap shadow-float"
          onClick={() => {
            jumpToEnd()
            focusComposer()
          }}
        >
          {t('chat.jumpToEnd')}
        </Button>
      )}
    </div>
  )
}
