import { useTranslation } from 'react-i18next'
import type { UsageTotals as Totals } from '../../node/contract/usage.ts'
import { Card } from '../components/layout/card.tsx'
import { formatNumber } from '../locales/format.ts'

/** The sums of what is shown. */
export function UsageTotals({ totals }: { readonly totals: Totals }) {
  const { t } = useTranslation()
  const lines = [
    { term: t('usage.answers'), value: totals.requests, hint: t('usage.answersHint') },
    { term: t('usage.promptTokens'), value: totals.promptTokens, hint: t('usage.promptTokensHint') },
    { term: t('usage.completionTokens'), value: totals.completionTokens, hint: t('usage.completionTokensHint') },
    { term: t('usage.failures'), value: totals.failures, hint: t('usage.failuresHint') },
  ]
  return (
    <dl className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      {lines.map(({ term, value, hint }) => (
        <Card key={term} className="flex flex-col px-4 py-3.5">
          <dt className="text-small font-medium">{term}</dt>
          <dd className="order-first text-title font-semibold tabular-nums">{formatNumber(value)}</dd>
          <dd className="text-caption text-ink-faint">{hint}</dd>
        </Card>
      ))}
    </dl>
  )
}
