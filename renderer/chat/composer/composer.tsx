import { ArrowUp, Square } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../../node/contract/ids.ts'
import { Button } from '../../components/button.tsx'
import { useSlice } from '../../state/slices.ts'
import { useAsking } from './ask-store.ts'
import { composerId } from './composer-focus.ts'
import { ComposerNote } from './composer-note.tsx'
import { setDraft, useDraft } from './drafts.ts'
import { ModelPicker } from '../pickers/model-picker.tsx'
import { PoolPicker } from '../pickers/pool-picker.tsx'
import { stopAnswer } from './stop-answer.ts'
import { useSend } from './use-send.ts'

interface ComposerProps {
  readonly chatId: ChatId | null
  readonly isAnswering: boolean
}

const maxChars = 200_000

/** Where questions are written. The focus stays here after sending. */
export function Composer({ chatId, isAnswering }: ComposerProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLTextAreaElement>(null)
  const draft = useDraft(chatId)
  const { choice, send } = useSend(chatId)
  const pools = useSlice('pools')
  const isAsking = useAsking(({ asking }) => asking !== null && asking.error === null && asking.chatId === chatId)
  const isStopping = useAsking(({ stopping }) => chatId !== null && stopping.includes(chatId))
  const canSend = draft.trim() !== '' && choice.model !== null && !isAsking

  useEffect(() => {
    field.current?.focus()
  }, [])

  function submit(): void {
    field.current?.focus()
    if (isAnswering || !canSend) return
    if (send(draft)) setDraft(chatId, '')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <div className="px-4 pb-4 sm:px-8">
      <div className="mx-auto flex max-w-3xl flex-col gap-2">
        <ComposerNote pool={choice.pool} />
        <form
          className="forced-edge rounded-panel border border-edge/60 bg-surface shadow-card transition-shadow focus-within:border-accent focus-within:shadow-float"
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <textarea
            ref={field}
            id={composerId}
            aria-label={t('chat.composer')}
            aria-describedby={`${composerId}-keys`}
            placeholder={t('chat.placeholder')}
            value={draft}
            rows={1}
            dir="auto"
            maxLength={maxChars}
            className="block field-sizing-content max-h-[38vh] min-h-12 w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-body outline-none"
            onChange={(event) => {
              setDraft(chatId, event.target.value)
            }}
            onKeyDown={onKeyDown}
          />
          <div className="flex flex-wrap items-center gap-1.5 px-2.5 pb-2.5">
            {pools.length > 1 && <PoolPicker chosen={choice.pool} />}
            <ModelPicker choice={choice} />
            <span className="flex-1" />
            {isAnswering && chatId !== null ? (
              <Button
                size="small"
                className="rounded-full!"
                icon={<Square aria-hidden size={12} className="fill-current" />}
                isBusy={isStopping}
                onClick={() => {
                  void stopAnswer(chatId)
                  field.current?.focus()
                }}
              >
                {isStopping ? t('chat.stopping') : t('chat.stop')}
              </Button>
            ) : (
              <Button
                type="submit"
                size="small"
                variant="primary"
                className="rounded-full!"
                icon={<ArrowUp aria-hidden size={15} />}
                disabled={!canSend}
                isBusy={isAsking}
              >
                {t('chat.send')}
              </Button>
            )}
          </div>
        </form>
        <p id={`${composerId}-keys`} className="hidden text-center text-caption text-ink-faint sm:block">
          {t('chat.keys')}
        </p>
      </div>
    </div>
  )
}
