import { useTranslation } from 'react-i18next'
import type { UsageGrain } from '../../node/contract/usage.ts'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Disclosure } from '../components/disclosure.tsx'
import { formatNumber, formatPeriod } from '../locales/format.ts'
import { measureOf, type ChartData, type Period } from './series.ts'
import type { UsageMeasure } from '../state/usage-choice.ts'

interface UsageTableProps {
  readonly title: string
  readonly data: ChartData
  readonly grain: UsageGrain
  readonly measure: UsageMeasure
}

/** The chart's numbers as a table, the newest first. */
export function UsageTable({ title, data, grain, measure }: UsageTableProps) {
  const { t } = useTranslation()
  const bySeries: Column<Period>[] = data.series.map((series, position) => ({
    name: series.label,
    isNumber: true,
    cell: (period) => formatNumber(measureOf(measure, period.values[position] ?? period.totals)),
  }))
  const columns: Column<Period>[] = [
    { name: t(`usage.grain.${grain}`), cell: (period) => formatPeriod(grain, period.startMs) },
    ...(data.series.length > 1 ? bySeries : []),
    { name: t('usage.answers'), isNumber: true, cell: ({ totals }) => formatNumber(totals.requests) },
    { name: t('usage.failures'), isNumber: true, cell: ({ totals }) => formatNumber(totals.failures) },
    { name: t('usage.promptTokens'), isNumber: true, cell: ({ totals }) => formatNumber(totals.promptTokens) },
    { name: t('usage.completionTokens'), isNumber: true, cell: ({ totals }) => formatNumber(totals.completionTokens) },
  ]
  return (
    <Disclosure label={t('usage.asTable')}>
      <DataTable
        label={title}
        columns={columns}
        rows={[...data.periods].reverse()}
        rowKey={(period) => String(period.startMs)}
      />
    </Disclosure>
  )
}
