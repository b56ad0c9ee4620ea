import { ArrowUp, Square } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatId } from '../../../node/contract/ids.ts'
import { Button } from '../../components/button.tsx'
import { useChatPlace } from '../../state/navigation.ts'
import { useSlice } from '../../state/slices.ts'
import { useAsking } from './ask-store.ts'
import { composerId } from './composer-focus.ts'
import { ComposerHint } from './composer-hint.tsx'
import { ComposerNote } from './composer-note.tsx'
import { setDraft, useDraft } from './drafts.ts'
import { ModelPicker } from '../pickers/model-picker.tsx'
import { PoolPicker } from '../pickers/pool-picker.tsx'
import { refusalOf } from './refusal.ts'
import { stopAnswer } from './stop-answer.ts'
import { useSend } from './use-send.ts'

interface ComposerProps {
  readonly chatId: ChatId | null
  readonly isAnswering: boolean
}

const hintId = `${composerId}-hint`

/** Where questions are written. The focus stays here after sending, and so does whatever is not sent. */
export function Composer({ chatId, isAnswering }: ComposerProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLTextAreaElement>(null)
  const draft = useDraft(chatId)
  const { choice, send } = useSend(chatId)
  const pools = useSlice('pools')
  const place = useChatPlace()
  const isAsking = useAsking(({ asking }) => asking[place]?.error === null)
  const isStopping = useAsking(({ stopping }) => chatId !== null && stopping.includes(chatId))
  const refusal = refusalOf({ draft, hasModel: choice.model !== null, isAsking, isAnswering })
  const [refusedFor, setRefusedFor] = useState<typeof refusal>(null)

  useEffect(() => {
    field.current?.focus()
  }, [])

  function submit(): void {
    field.current?.focus()
    setRefusedFor(refusal)
    if (refusal === null && send(draft)) setDraft(chatId, '')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <div className="overflow-hidden px-4 pb-4 [scrollbar-gutter:stable_both-edges] sm:px-8">
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
            data-focus-home
            aria-label={t('chat.composer')}
            aria-describedby={hintId}
            aria-invalid={refusal === 'tooLong' || undefined}
            placeholder={t('chat.placeholder')}
            value={draft}
            rows={1}
            dir="auto"
            className="block field-sizing-content max-h-[38vh] min-h-12 w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-body outline-none"
            onChange={(event) => {
              setDraft(chatId, event.target.value)
            }}
            onKeyDown={onKeyDown}
          />
          <div className="flex items-center gap-1.5 px-2.5 pb-2.5">
            <div className="flex min-w-0 flex-1 items-center gap-1.5">
              {pools.length > 1 && <PoolPicker chatId={chatId} chosen={choice.pool} />}
              <ModelPicker chatId={chatId} choice={choice} />
            </div>
            {isAnswering && chatId !== null ? (
              <Button
                size="small"
                className="shrink-0 rounded-full!"
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
                className="shrink-0 rounded-full!"
                icon={<ArrowUp aria-hidden size={15} />}
                disabled={refusal !== null}
                isBusy={isAsking}
              >
                {t('chat.send')}
              </Button>
            )}
          </div>
        </form>
        <ComposerHint id={hintId} refusal={refusal} wasRefused={refusal === refusedFor} length={draft.length} />
      </div>
    </div>
  )
}
