import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../bridge/kith.ts'
import { Button } from '../components/button.tsx'
import { notify, notifyProblem } from '../state/notices.ts'
import { periodsUntil } from './periods.ts'
import type { UsageChoice } from '../state/usage-choice.ts'

/** Saves the receipts of the shown time as a file for a spreadsheet. */
export function ExportButton({ choice }: { readonly choice: UsageChoice }) {
  const { t } = useTranslation()
  const [isBusy, setBusy] = useState(false)

  async function save(): Promise<void> {
    const { poolId, direction, grain } = choice
    const { fromMs, toMs } = periodsUntil(grain, Date.now())
    const made = await call('usage.export', { poolId, direction, fromMs, toMs, format: 'csv' })
    if (!made.ok) {
      notifyProblem(made.error)
      return
    }
    const saved = await call('host.saveText', made.value)
    if (!saved.ok) notifyProblem(saved.error)
    else if (saved.value.path !== null) notify(t('usage.exported', { path: saved.value.path }))
  }

  return (
    <Button
      isBusy={isBusy}
      icon={<Download aria-hidden size={17} />}
      onClick={() => {
        setBusy(true)
        void save().then(() => {
          setBusy(false)
        })
      }}
    >
      {t('usage.export')}
    </Button>
  )
}
