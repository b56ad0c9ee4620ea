import { Boxes, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Mark } from '../components/mark.tsx'
import { goTo } from '../state/navigation.ts'
import { setDraft } from './composer/drafts.ts'
import { focusComposer } from './composer/composer-focus.ts'
import { useChoice } from './pickers/use-choice.ts'

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

function NoModel() {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap justify-center gap-2">
      <Button
        variant="primary"
        icon={<Boxes aria-hidden size={17} />}
        onClick={() => {
          goTo('models')
        }}
      >
        {t('chat.noModelAction')}
      </Button>
      <Button
        icon={<Users aria-hidden size={17} />}
        onClick={() => {
          goTo('pool')
        }}
      >
        {t('chat.noModelPool')}
      </Button>
    </div>
  )
}

/** A chat that has not begun: an invitation to ask, or what is missing before that. */
export function EmptyChat() {
  const { t } = useTranslation()
  const { options } = useChoice()
  const canAsk = options.length > 0
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-6 py-8 short:overflow-visible">
      <div className="rise my-auto flex max-w-2xl flex-col items-center gap-6 text-center">
        <Mark size={44} />
        <div className="flex flex-col gap-2">
          <h2 className="text-display font-semibold">{canAsk ? t('chat.emptyTitle') : t('chat.noModelTitle')}</h2>
          <p className="max-w-lg text-ink-soft">{canAsk ? t('chat.emptyText') : t('chat.noModelText')}</p>
        </div>
        {canAsk ? <Starters /> : <NoModel />}
      </div>
    </div>
  )
}
