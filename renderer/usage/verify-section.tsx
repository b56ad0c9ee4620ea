import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UsageVerification } from '../../node/contract/usage.ts'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { DataTable } from '../components/data-table.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { SelectField } from '../components/forms/select-field.tsx'
import { formatNumber, formatPeriod } from '../locales/format.ts'
import { useCall } from '../state/use-call.ts'
import { periodsUntil } from './periods.ts'
import type { UsageChoice } from '../state/usage-choice.ts'

/** A month as the contract names it: `2026-11`. */
function monthName(startMs: number): string {
  const at = new Date(startMs)
  return `${String(at.getFullYear())}-${String(at.getMonth() + 1).padStart(2, '0')}`
}

function Outcome({ result, month }: { readonly result: UsageVerification; readonly month: string }) {
  const { t } = useTranslation()
  const { receipts, problems } = result
  if (receipts === 0 && problems.length === 0) return <Callout>{t('usage.verify.none', { month })}</Callout>
  if (problems.length === 0) {
    return (
      <p className="forced-edge flex items-center gap-3 rounded-control bg-accent-soft px-4 py-3 text-small text-accent-ink">
        <CircleCheck aria-hidden size={18} className="shrink-0" />
        {t('usage.verify.good', { count: receipts, receipts: formatNumber(receipts), month })}
      </p>
    )
  }
  return (
    <div className="flex flex-col gap-3">
      <Callout tone="caution" title={t('usage.verify.badTitle', { count: problems.length })}>
        {t('usage.verify.bad', {
          count: receipts,
          verified: formatNumber(result.verified),
          receipts: formatNumber(receipts),
        })}
      </Callout>
      <DataTable
        label={t('usage.verify.problems')}
        columns={[
          { name: t('usage.verify.receipt'), cell: ({ attemptId }) => <code className="font-mono">{attemptId}</code> },
          { name: t('usage.verify.reasonTitle'), cell: ({ reason }) => t(`usage.verify.reason.${reason}`) },
        ]}
        rows={problems}
        rowKey={({ attemptId, reason }) => `${attemptId}-${reason}`}
      />
    </div>
  )
}

/** Checks a month: every signature and every sum, from what lies on this computer. */
export function VerifySection({ poolId }: { readonly poolId: UsageChoice['poolId'] }) {
  const { t } = useTranslation()
  const [openedAtMs] = useState(() => Date.now())
  const months = periodsUntil('month', openedAtMs)
    .startsMs.toReversed()
    .map((startMs) => ({ value: monthName(startMs), label: formatPeriod('month', startMs) }))
  const [month, setMonth] = useState(months[0]?.value ?? '')
  const [result, setResult] = useState<{ readonly month: string; readonly value: UsageVerification } | null>(null)
  const { run, isBusy, error } = useCall('usage.verify')
  const nameOf = (value: string): string => months.find((one) => one.value === value)?.label ?? value

  async function verify(): Promise<void> {
    setResult(null)
    const checked = await run({ poolId, month })
    if (checked.ok) setResult({ month, value: checked.value })
  }

  return (
    <Section title={t('usage.verify.title')} text={t('usage.verify.text')}>
      <Card className="flex flex-col gap-4 p-5">
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isBusy) void verify()
          }}
        >
          <div className="min-w-44 flex-1">
            <SelectField label={t('usage.verify.month')} value={month} options={months} onChange={setMonth} />
          </div>
          <Button type="submit" isBusy={isBusy}>
            {isBusy ? t('usage.verify.busy') : t('usage.verify.action')}
          </Button>
        </form>
        <div role="status" className="empty:hidden">
          {result !== null && <Outcome result={result.value} month={nameOf(result.month)} />}
        </div>
        <ErrorNote error={error} />
      </Card>
    </Section>
  )
}
