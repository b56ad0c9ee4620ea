import { useEffect, useState } from 'react'
import type { KithError } from '../../node/contract/errors.ts'
import type { ReceiptView, UsageReport } from '../../node/contract/usage.ts'
import { call } from '../bridge/kith.ts'
import { readSlice, watchSlice } from '../state/slices.ts'
import { periodsUntil } from './periods.ts'
import type { UsageChoice } from '../state/usage-choice.ts'

/** Receipts fetched for the list; older ones are in the file that can be saved. */
const maxReceipts = 100
/** While answers keep coming the page asks again this often at most. */
const settleMs = 500

/** What was asked and what came back; the two are kept together, so that nothing is shown under a wrong name. */
export interface ShownUsage {
  readonly choice: UsageChoice
  readonly startsMs: readonly number[]
  readonly report: UsageReport
  readonly receipts: readonly ReceiptView[]
}

interface Usage {
  /** The last that arrived; null until the first. */
  readonly shown: ShownUsage | null
  readonly error: KithError | null
  readonly isLoading: boolean
  readonly retry: () => void
}

async function fetchUsage(choice: UsageChoice) {
  const { startsMs, fromMs, toMs } = periodsUntil(choice.grain, Date.now())
  const { poolId, direction, grain, keyId } = choice
  const range = { poolId, direction, fromMs, toMs }
  const groupBy = keyId === null ? choice.groupBy : 'key'
  const [report, receipts] = await Promise.all([
    call('usage.report', { ...range, grain, groupBy }),
    call('usage.receipts', { ...range, keyId, max: maxReceipts }),
  ])
  if (!report.ok) return report
  if (!receipts.ok) return receipts
  const shown: ShownUsage = { choice, startsMs, report: report.value, receipts: receipts.value.receipts }
  return { ok: true, value: shown } as const
}

/** Asks at once, then again when usage changes, never two at a time. Returns the stop function. */
function follow(ask: () => Promise<void>): () => void {
  let { revision } = readSlice('usage')
  let timer: ReturnType<typeof setTimeout> | null = null
  let isAsking = false
  let isStopped = false

  async function run(): Promise<void> {
    timer = null
    isAsking = true
    const askedAt = revision
    await ask()
    isAsking = false
    if (revision !== askedAt) refresh()
  }
  function refresh(): void {
    if (isStopped || isAsking || timer !== null) return
    timer = setTimeout(() => void run(), settleMs)
  }

  const unwatch = watchSlice('usage', (usage) => {
    if (usage.revision === revision) return
    revision = usage.revision
    refresh()
  })
  void run()
  return () => {
    isStopped = true
    unwatch()
    if (timer !== null) clearTimeout(timer)
  }
}

/** The report for a choice, asked anew when it changes and when usage does. What was shown stays meanwhile. */
export function useUsage(choice: UsageChoice): Usage {
  const [shown, setShown] = useState<ShownUsage | null>(null)
  const [failed, setFailed] = useState<{ readonly choice: UsageChoice; readonly error: KithError } | null>(null)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    let isCurrent = true
    const unfollow = follow(async () => {
      const result = await fetchUsage(choice)
      if (!isCurrent) return
      if (result.ok) setShown(result.value)
      setFailed(result.ok ? null : { choice, error: result.error })
    })
    return () => {
      isCurrent = false
      unfollow()
    }
  }, [choice, attempt])

  const error = failed?.choice === choice ? failed.error : null
  return {
    shown,
    error,
    isLoading: shown?.choice !== choice && error === null,
    retry: () => {
      setFailed(null)
      setAttempt((count) => count + 1)
    },
  }
}
