import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../locales/format.ts'
import { fillOf, Patterns, placeOf } from './patterns.tsx'
import { measureOf, type ChartData } from './series.ts'
import type { UsageMeasure } from '../state/usage-choice.ts'

/** Which pattern is whose, and how much that was: the chart in a list. */
export function UsageLegend({ data, measure }: { readonly data: ChartData; readonly measure: UsageMeasure }) {
  const { t } = useTranslation()
  const prefix = useId().replaceAll(/[^a-zA-Z0-9]/g, '')
  const whole = measureOf(measure, data.totals)
  return (
    <ul
      aria-label={t('usage.legend')}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(14rem,100%),1fr))] gap-x-6 gap-y-1.5"
    >
      {data.series.map((series, position) => {
        const value = measureOf(measure, series.totals)
        const share = whole === 0 ? 0 : Math.round((value / whole) * 100)
        return (
          <li key={series.id} className="flex items-center gap-2.5 text-small">
            <svg aria-hidden width={18} height={18} className="shrink-0 rounded-sm">
              {position === 0 && <Patterns prefix={prefix} />}
              <rect width={18} height={18} fill={fillOf(prefix, placeOf(position, series.isRest))} />
            </svg>
            <span className="min-w-0 flex-1 truncate" title={series.label}>
              {series.label}
            </span>
            <span className="text-ink-soft tabular-nums">
              {t('usage.legendValue', { value: formatNumber(value), share })}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
