import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import type { Asking } from '../composer/ask-store.ts'
import { QuestionItem } from './question-item.tsx'
import { StageLine } from './stage-line.tsx'
import { useSend } from '../composer/use-send.ts'

/** A question on its way, or one that was not taken, with the reason and a way to try again. */
export function AskingItem({ asking }: { readonly asking: Asking }) {
  const { t } = useTranslation()
  const { send } = useSend(asking.chatId)
  return (
    <>
      <QuestionItem text={asking.text} createdAtMs={asking.askedAtMs} />
      {asking.error === null ? (
        <StageLine stage={null} />
      ) : (
        <ErrorNote
          error={asking.error}
          action={
            <Button
              size="small"
              onClick={() => {
                send(asking.text)
              }}
            >
              {t('chat.askAgain')}
            </Button>
          }
        />
      )}
    </>
  )
}
