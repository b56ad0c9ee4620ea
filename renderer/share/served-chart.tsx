import { useTranslation } from 'react-i18next'
import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis, type TooltipContentProps } from 'recharts'
import { servedMinutes, type ServedMinute } from './served-summary.ts'

const ticks = [25, 20, 15, 10, 5, 0]

function Hint({ active, payload }: Partial<TooltipContentProps<number, string>>) {
  const { t } = useTranslation()
  const minute = payload?.[0]?.payload as ServedMinute | undefined
  if (active !== true || minute === undefined) return null
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-1.5 text-small shadow-float">
      <span className="text-ink-soft">{t('share.chartAgo', { count: minute.minutesAgo })}: </span>
      <strong className="font-semibold">{minute.answers}</strong>
    </div>
  )
}

/** Answers for others, minute by minute. The table beside it says the same without a picture. */
export function ServedChart({ perMinute }: { readonly perMinute: readonly number[] }) {
  const { t } = useTranslation()
  const tick = { fill: 'var(--ink-faint)', fontSize: 12 }
  return (
    <div className="h-36 text-caption">
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 144 }}>
        <BarChart
          data={[...servedMinutes(perMinute)]}
          margin={{ top: 6, right: 4, bottom: 0, left: -22 }}
          barCategoryGap={2}
          title={t('share.chart')}
        >
          <XAxis
            dataKey="minutesAgo"
            tick={tick}
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
            interval={0}
            ticks={ticks}
            tickFormatter={(minutes: number) => t('share.chartTick', { count: minutes })}
          />
          <YAxis allowDecimals={false} tick={tick} tickLine={false} axisLine={false} width={48} />
          <Tooltip content={<Hint />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
          <Bar dataKey="answers" fill="var(--accent)" radius={[4, 4, 0, 0]} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
