import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'

export const firstRunSteps = ['account', 'pool', 'model', 'question'] as const
export type FirstRunStep = (typeof firstRunSteps)[number]

/** The steps of the first run, and where one is. */
export function StepsProgress({ current }: { readonly current: FirstRunStep }) {
  const { t } = useTranslation()
  const place = firstRunSteps.indexOf(current)
  return (
    <nav aria-label={t('firstRun.progress')}>
      <ol className="flex flex-wrap items-center gap-x-2 gap-y-2">
        {firstRunSteps.map((step, index) => (
          <li
            key={step}
            aria-current={index === place ? 'step' : undefined}
            className="group flex items-center gap-2 text-small"
          >
            {index > 0 && <span aria-hidden className="h-px w-5 bg-edge/60 sm:w-9" />}
            <span
              aria-hidden
              className={`forced-edge flex size-6 items-center justify-center rounded-full text-caption font-semibold ${
                index < place
                  ? 'bg-accent-soft text-accent-ink'
                  : index === place
                    ? 'bg-accent text-on-accent'
                    : 'border border-edge text-ink-faint'
              }`}
            >
              {index < place ? <Check size={13} /> : index + 1}
            </span>
            {/* Equally bold, so that no step moves when another begins. */}
            <span className={`font-medium ${index === place ? 'text-ink' : 'text-ink-faint'}`}>
              {t(`firstRun.step.${step}`)}
              {index < place && <span className="sr-only"> ({t('firstRun.done')})</span>}
            </span>
          </li>
        ))}
      </ol>
    </nav>
  )
}
