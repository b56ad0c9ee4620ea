import { useTranslation } from 'react-i18next'
import { machineLabel } from '../../locales/names.ts'
import type { StageEvent } from './transcript-store.ts'

function useStageWords(event: StageEvent | null): string {
  const { t } = useTranslation()
  if (event === null) return t('chat.stage.finding')
  const { stage, place, machineName, memberName } = event
  const machine = machineName === null ? null : machineLabel(machineName, memberName)
  switch (stage) {
    case 'finding':
      return t('chat.stage.finding')
    case 'waiting':
      if (place === null || place === 0) {
        return machine === null ? t('chat.stage.waiting') : t('chat.stage.waitingAt', { machine })
      }
      return machine === null
        ? t('chat.stage.waitingPlace', { place })
        : t('chat.stage.waitingPlaceAt', { place, machine })
    case 'loading':
      return t('chat.stage.loading')
    case 'reading':
      return t('chat.stage.reading')
    case 'thinking':
      return t('chat.stage.thinking')
  }
}

/** What happens before the first word. */
export function StageLine({ stage }: { readonly stage: StageEvent | null }) {
  const words = useStageWords(stage)
  return (
    <p role="status" className="flex items-center gap-3 text-small text-ink-soft">
      <span aria-hidden className="flex gap-1">
        <span className="breathe size-1.5 rounded-full bg-accent" />
        <span className="breathe size-1.5 rounded-full bg-accent [animation-delay:200ms]" />
        <span className="breathe size-1.5 rounded-full bg-accent [animation-delay:400ms]" />
      </span>
      {words}
    </p>
  )
}
