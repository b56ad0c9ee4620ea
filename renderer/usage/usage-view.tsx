import { ChartColumn } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { Empty } from '../components/layout/empty.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Page } from '../components/layout/page.tsx'
import { Spinner } from '../components/spinner.tsx'
import { sentenceOf } from '../locales/error-sentence.ts'
import { useSlice } from '../state/slices.ts'
import { ExportButton } from './export-button.tsx'
import { ReceiptSection } from './receipt-section.tsx'
import { useUsage, type ShownUsage } from './use-usage.ts'
import { useUsageChoice } from '../state/usage-choice.ts'
import { UsageChoices } from './usage-choices.tsx'
import { useChartData, UsageFigure } from './usage-figure.tsx'
import { UsageTotals } from './usage-totals.tsx'
import { VerifySection } from './verify-section.tsx'

function Shown({ shown }: { readonly shown: ShownUsage }) {
  const { t } = useTranslation()
  const data = useChartData(shown)
  const { direction, grain } = shown.choice
  if (data.totals.requests === 0) {
    return (
      <Empty icon={<ChartColumn aria-hidden size={26} />}>
        {t(`usage.empty.${direction}`, { span: t(`usage.span.${grain}`) })}
      </Empty>
    )
  }
  return (
    <>
      <UsageTotals totals={data.totals} />
      <UsageFigure shown={shown} data={data} />
    </>
  )
}

/** What was asked of others and given to others, and whether the books agree. */
export function UsageView() {
  const { t } = useTranslation()
  const choice = useUsageChoice()
  const { state: network } = useSlice('network')
  const { clocks } = useSlice('usage')
  const { shown, error, isLoading, retry } = useUsage(choice)
  return (
    <Page title={t('usage.title')} text={t('usage.text')} actions={<ExportButton choice={choice} />}>
      {network === 'offline' && <Callout tone="caution">{t('usage.offline')}</Callout>}
      {[...new Set(clocks.map(sentenceOf))].map((sentence) => (
        <Callout key={sentence} tone="caution">
          {sentence}
        </Callout>
      ))}
      <div className="flex flex-col gap-4">
        <UsageChoices choice={choice} />
        <ErrorNote
          error={error}
          action={
            <Button size="small" onClick={retry}>
              {t('app.tryAgain')}
            </Button>
          }
        />
        {shown === null && isLoading && (
          <p role="status" className="flex min-h-56 items-center justify-center gap-2 text-small text-ink-soft">
            <Spinner /> {t('usage.loading')}
          </p>
        )}
        {shown !== null && (
          <div aria-busy={isLoading || undefined} className="flex flex-col gap-4">
            <Shown shown={shown} />
          </div>
        )}
      </div>
      {shown !== null && <ReceiptSection shown={shown} />}
      <VerifySection poolId={choice.poolId} />
    </Page>
  )
}
