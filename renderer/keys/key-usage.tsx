import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Spinner } from '../components/spinner.tsx'
import { formatNumber } from '../locales/format.ts'
import type { UsageChoice } from '../state/usage-choice.ts'
import { showUsageOfKey } from '../state/usage-choice.ts'
import { useChartData } from '../usage/usage-figure.tsx'
import { useUsage, type ShownUsage } from '../usage/use-usage.ts'

// The chart library is large and not part of the first screen.
const UsageChart = lazy(async () => ({ default: (await import('../usage/usage-chart.tsx')).UsageChart }))

function Chart({ shown, name }: { readonly shown: ShownUsage; readonly name: string }) {
  const { t } = useTranslation()
  const data = useChartData(shown)
  const { requests, promptTokens, completionTokens } = data.totals
  if (requests === 0) return <p className="text-small text-ink-soft">{t('keys.usageNone')}</p>
  const title = t('keys.usageChart', { name })
  return (
    <figure aria-label={title} className="flex flex-col gap-2">
      <figcaption className="text-small text-ink-soft">
        {t('keys.usageSummary', {
          count: requests,
          answers: formatNumber(requests),
          tokens: formatNumber(promptTokens + completionTokens),
        })}
      </figcaption>
      <Suspense fallback={<div className="h-28" />}>
        <UsageChart isSmall title={title} data={data} grain="day" measure="tokens" />
      </Suspense>
    </figure>
  )
}

/** What one key asked for in the last days, in small. */
export function KeyUsage({ apiKey }: { readonly apiKey: ApiKey }) {
  const { t } = useTranslation()
  const { keyId, poolId, name } = apiKey
  const choice = useMemo<UsageChoice>(
    () => ({ direction: 'consumed', grain: 'day', groupBy: 'key', measure: 'tokens', poolId, keyId }),
    [keyId, poolId],
  )
  const { shown, error, isLoading } = useUsage(choice)
  return (
    <div className="flex flex-col gap-3">
      <ErrorNote error={error} />
      {shown === null && isLoading && (
        <p role="status" className="flex min-h-28 items-center gap-2 text-small text-ink-soft">
          <Spinner /> {t('usage.loading')}
        </p>
      )}
      {shown !== null && <Chart shown={shown} name={name} />}
      <Button
        size="small"
        className="self-start"
        aria-label={t('keys.showUsageOf', { name })}
        onClick={() => {
          showUsageOfKey(apiKey)
        }}
      >
        {t('keys.showUsage')}
      </Button>
    </div>
  )
}
