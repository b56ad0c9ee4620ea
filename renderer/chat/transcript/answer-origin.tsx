import { Laptop, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../../../node/contract/state.ts'
import { machineLabel } from '../../locales/names.ts'

type Answer = NonNullable<Message['answer']>

/** Whose computer answers, named on every answer. */
export function AnswerOrigin({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation()
  const isRunning = answer.state === 'answering'
  const isOwn = answer.isOwnMachine || answer.memberName === undefined
  const machine = machineLabel(answer.machineName, answer.memberName)
  const words = answer.isOwnMachine
    ? t(isRunning ? 'chat.answeringHere' : 'chat.answeredHere')
    : t(isRunning ? 'chat.answeringBy' : 'chat.answeredBy', { machine })
  const Icon = isOwn ? Laptop : UserRound
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-small">
      <span
        className={`forced-edge inline-flex size-6 items-center justify-center rounded-full ${isOwn ? 'bg-accent-soft text-accent-ink' : 'bg-friend-soft text-friend-ink'}`}
      >
        <Icon aria-hidden size={14} />
      </span>
      <span className={`font-medium ${isOwn ? 'text-accent-ink' : 'text-friend-ink'}`}>{words}</span>
      <span className="text-ink-faint">{t('chat.withModel', { model: answer.model })}</span>
    </p>
  )
}
