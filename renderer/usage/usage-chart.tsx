import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis, type TooltipContentProps } from 'recharts'
import type { UsageGrain } from '../../node/contract/usage.ts'
import { formatCompact, formatNumber, formatPeriod } from '../locales/format.ts'
import { fillOf, Patterns, placeOf } from './patterns.tsx'
import { measureOf, type ChartData, type Period } from './series.ts'
import type { UsageMeasure } from '../state/usage-choice.ts'

interface UsageChartProps {
  readonly title: string
  readonly data: ChartData
  readonly grain: UsageGrain
  readonly measure: UsageMeasure
  readonly isSmall?: boolean
}

function Hint(props: Partial<TooltipContentProps<number, string>> & Omit<UsageChartProps, 'title'>) {
  const { active, payload, data, grain, measure } = props
  const { t } = useTranslation()
  const period = payload?.[0]?.payload as Period | undefined
  if (active !== true || period === undefined) return null
  const lines = data.series
    .map((series, position) => ({ series, value: measureOf(measure, period.values[position] ?? period.totals) }))
    .filter(({ value }) => value > 0)
  return (
    <div className="max-w-64 rounded-lg border border-line bg-raised px-3 py-2 text-small shadow-float">
      <p className="font-medium">{formatPeriod(grain, period.startMs)}</p>
      {lines.map(({ series, value }) => (
        <p key={series.id} className="flex justify-between gap-4 text-ink-soft">
          <span className="truncate">{series.label}</span>
          <span className="tabular-nums">{formatNumber(value)}</span>
        </p>
      ))}
      <p className="flex justify-between gap-4 font-medium">
        <span>{t('usage.total')}</span>
        <span className="tabular-nums">{formatNumber(measureOf(measure, period.totals))}</span>
      </p>
    </div>
  )
}

/** Usage as stacked bars. The legend, the sentence and the table beside it say the same without a picture. */
export function UsageChart({ title, data, grain, measure, isSmall = false }: UsageChartProps) {
  const prefix = useId().replaceAll(/[^a-zA-Z0-9]/g, '')
  const tick = { fill: 'var(--ink-faint)', fontSize: 12 }
  const height = isSmall ? 112 : 224
  return (
    <div className={isSmall ? 'h-28' : 'h-56'}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height }}>
        <BarChart
          data={[...data.periods]}
          margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="18%"
          title={title}
        >
          <Patterns prefix={prefix} />
          <XAxis
            dataKey="startMs"
            tick={tick}
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
            minTickGap={28}
            tickFormatter={(startMs: number) => formatPeriod(grain, startMs, true)}
          />
          <YAxis
            allowDecimals={false}
            tick={tick}
            tickLine={false}
            axisLine={false}
            width={44}
            tickCount={isSmall ? 3 : 5}
            tickFormatter={formatCompact}
          />
          <Tooltip
            content={<Hint data={data} grain={grain} measure={measure} />}
            cursor={{ fill: 'var(--hover)' }}
            isAnimationActive={false}
          />
          {data.series.map((series, position) => (
            <Bar
              key={series.id}
              stackId="all"
              name={series.label}
              dataKey={(period: Period) => measureOf(measure, period.values[position] ?? period.totals)}
              fill={fillOf(prefix, placeOf(position, series.isRest))}
              stroke="var(--surface)"
              strokeWidth={1}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
