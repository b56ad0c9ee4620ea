import { useTranslation } from 'react-i18next'
import { Mark } from '../components/mark.tsx'
import { formatList } from '../locales/format.ts'
import { setDraft } from './composer/drafts.ts'
import { focusComposer } from './composer/composer-focus.ts'
import { NothingToAskActions, useNothingToAsk } from './nothing-to-ask.tsx'
import { useChoice, type Choice } from './pickers/use-choice.ts'

function Starters() {
  const { t } = useTranslation()
  const starters = [t('chat.starter1'), t('chat.starter2'), t('chat.starter3')]
  return (
    <ul aria-label={t('chat.starters')} className="flex flex-wrap justify-center gap-2">
      {starters.map((starter) => (
        <li key={starter}>
          <button
            type="button"
            className="min-h-9 rounded-full border border-line bg-surface px-4 py-1.5 text-small text-ink-soft shadow-soft transition-colors hover:border-edge hover:text-ink"
            onClick={() => {
              setDraft(null, starter)
              focusComposer()
            }}
          >
            {starter}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Where the question goes: nowhere, to these people, or to nobody until the model is back. */
function useDestination({ option, model }: Choice): string {
  const { t } = useTranslation()
  if (option === null) return model === null ? t('chat.emptyText') : t('chat.modelAwayText', { model })
  if (option.readers.length === 0) return t(option.isOnThisComputer ? 'chat.emptyOwnText' : 'chat.emptyMineText')
  return t('chat.emptyTheirText', { names: formatList(option.readers) })
}

/** A chat that has not begun: an invitation to ask, or what is missing before that. */
export function EmptyChat() {
  const { t } = useTranslation()
  const choice = useChoice(null)
  const nothing = useNothingToAsk(choice.pool)
  const destination = useDestination(choice)
  const canAsk = choice.options.length > 0
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-6 py-8 short:overflow-visible">
      <div className="rise my-auto flex max-w-2xl flex-col items-center gap-6 text-center">
        <Mark size={44} />
        <div role="status" className="flex flex-col gap-2">
          <h2 className="text-display font-semibold">{canAsk ? t('chat.emptyTitle') : nothing.title}</h2>
          <p className="max-w-lg text-ink-soft">{canAsk ? destination : nothing.text}</p>
        </div>
        {canAsk ? <Starters /> : <NothingToAskActions />}
      </div>
    </div>
  )
}
