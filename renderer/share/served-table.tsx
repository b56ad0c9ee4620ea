import { useTranslation } from 'react-i18next'
import { formatNumber } from '../locales/format.ts'
import { servedMinutes } from './served-summary.ts'

/** The chart's numbers as a table, the newest minute first. */
export function ServedTable({ perMinute }: { readonly perMinute: readonly number[] }) {
  const { t } = useTranslation()
  return (
    <details className="text-small">
      <summary className="w-fit rounded-lg py-1 text-accent-ink underline decoration-accent/40 underline-offset-4">
        {t('share.chartTable')}
      </summary>
      <div role="region" tabIndex={0} aria-label={t('share.chart')} className="mt-2 max-h-56 overflow-y-auto">
        <table className="w-full max-w-sm">
          <thead>
            <tr className="border-b border-line text-start">
              <th scope="col" className="py-1.5 text-start font-medium">
                {t('share.chartMinute')}
              </th>
              <th scope="col" className="py-1.5 text-end font-medium">
                {t('share.chartAnswers')}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...servedMinutes(perMinute)].reverse().map((minute) => (
              <tr key={minute.minutesAgo} className="border-b border-line/60">
                <td className="py-1 text-ink-soft">{t('share.chartAgo', { count: minute.minutesAgo })}</td>
                <td className="py-1 text-end tabular-nums">{formatNumber(minute.answers)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
