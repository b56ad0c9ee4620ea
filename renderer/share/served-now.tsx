import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { formatNumber } from '../locales/format.ts'
import { useSlice } from '../state/slices.ts'
import { ServedPeople } from './served-people.tsx'
import { ServedTable } from './served-table.tsx'
import { servedSummary } from './served-summary.ts'

// The chart library is large and not part of the first screen.
const ServedChart = lazy(async () => ({ default: (await import('./served-chart.tsx')).ServedChart }))

function Count({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <Card className="flex min-w-44 flex-1 items-baseline gap-3 px-5 py-4">
      <span className="text-display font-semibold tabular-nums">{formatNumber(value)}</span>
      <span className="text-small text-ink-soft">{label}</span>
    </Card>
  )
}

/** What this computer does for others at the moment. */
export function ServedNow() {
  const { t } = useTranslation()
  const { activeAnswers, waitingAnswers, serving, servedPerMinute } = useSlice('sharing')
  const summary = servedSummary(servedPerMinute)
  return (
    <Section title={t('share.now')}>
      <div className="flex flex-wrap gap-3">
        <Count value={activeAnswers} label={t('share.active', { count: activeAnswers })} />
        <Count value={waitingAnswers} label={t('share.waiting', { count: waitingAnswers })} />
      </div>
      <ServedPeople serving={serving} />
      <Card className="p-5">
        <figure aria-label={t('share.chart')} className="flex flex-col gap-3">
          <figcaption className="flex flex-col gap-0.5">
            <span className="font-medium">{t('share.chart')}</span>
            <span className="text-small text-ink-soft">
              {t('share.chartSummary', { count: summary.total, most: formatNumber(summary.most) })}
            </span>
          </figcaption>
          <Suspense fallback={<div className="h-36" />}>
            <ServedChart perMinute={servedPerMinute} />
          </Suspense>
          <ServedTable perMinute={servedPerMinute} />
        </figure>
      </Card>
    </Section>
  )
}
