import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { formatNumber, formatPeriod } from '../locales/format.ts'
import { groupLabel } from './group-labels.ts'
import { chartData, measureOf, type ChartData } from './series.ts'
import type { ShownUsage } from './use-usage.ts'
import { UsageLegend } from './usage-legend.tsx'
import { UsageTable } from './usage-table.tsx'

// The chart library is large and not part of the first screen.
const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }))

/** What the chart shows, with names for groups that came without. */
export function useChartData({ choice, report, startsMs }: ShownUsage): ChartData {
  const { t } = useTranslation()
  const groupBy = choice.keyId === null ? choice.groupBy : 'key'
  const data = chartData(report, {
    measure: choice.measure,
    startsMs,
    onlyId: choice.keyId,
    restLabel: t('usage.groupRest'),
  })
  return {
    ...data,
    series: data.series.map((series) =>
      series.isRest ? series : { ...series, label: groupLabel(groupBy, series.id, series.label) },
    ),
  }
}

function useSummary({ choice }: ShownUsage, data: ChartData): string {
  const { t } = useTranslation()
  const { measure, grain, direction } = choice
  const [first, ...others] = data.series
  const most = data.periods.reduce<ChartData['periods'][number] | null>(
    (best, period) =>
      best === null || measureOf(measure, period.totals) > measureOf(measure, best.totals) ? period : best,
    null,
  )
  if (first === undefined || most === null) return ''
  const sentence = t(`usage.summary.${direction}`, {
    count: data.totals.requests,
    answers: formatNumber(data.totals.requests),
    tokens: formatNumber(data.totals.promptTokens + data.totals.completionTokens),
  })
  const peak = t(`usage.summaryPeak.${grain}`, { when: formatPeriod(grain, most.startMs) })
  const lead = others.length === 0 ? '' : t('usage.summaryLead', { name: first.label })
  return [sentence, peak, lead].filter((part) => part !== '').join(' ')
}

/** The chart with its sentence, its legend and its table. */
export function UsageFigure({ shown, data }: { readonly shown: ShownUsage; readonly data: ChartData }) {
  const { t } = useTranslation()
  const { grain, measure, direction, groupBy, keyId } = shown.choice
  // One group alone has a name as well.
  const isGrouped = keyId !== null || groupBy !== 'none'
  const title = t(`usage.chartTitle.${direction}`, {
    measure: t(`usage.measureWord.${measure}`),
    span: t(`usage.span.${grain}`),
  })
  const summary = useSummary(shown, data)
  return (
    <Card className="p-5">
      <figure aria-label={title} className="flex flex-col gap-4">
        <figcaption className="flex flex-col gap-0.5">
          <span className="font-medium">{title}</span>
          <span className="text-small text-ink-soft">{summary}</span>
        </figcaption>
        <Suspense fallback={<div className="h-56" />}>
          <UsageChart title={title} data={data} grain={grain} measure={measure} />
        </Suspense>
        {isGrouped && <UsageLegend data={data} measure={measure} />}
        <UsageTable title={title} data={data} grain={grain} measure={measure} />
      </figure>
    </Card>
  )
}
