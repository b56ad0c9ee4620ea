import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { notify } from '../state/notices.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

/** Two computers out of one: explained, and started only after saying yes. */
export function DemoSection() {
  const { t } = useTranslation()
  const { demoRole } = useSlice('runtime')
  const { isDemo } = useSlice('network')
  const [isAsking, setAsking] = useState(false)
  const { run, isBusy, error, clearError } = useCall('host.startDemo')
  const isRunning = isDemo || demoRole !== 'none'

  async function start(): Promise<void> {
    const result = await run({})
    if (!result.ok) return
    setAsking(false)
    notify(t('settings.demoStarted'))
  }

  return (
    <Section title={t('settings.demo')}>
      <Card className="flex flex-wrap items-center gap-4 p-5">
        <p className="min-w-48 flex-1 text-ink-soft">
          {isRunning ? t('settings.demoRunning') : t('settings.demoText')}
        </p>
        {!isRunning && (
          <Button
            onClick={() => {
              clearError()
              setAsking(true)
            }}
          >
            {t('settings.demoAction')}
          </Button>
        )}
      </Card>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false)
        }}
        onConfirm={() => void start()}
        title={t('settings.demoTitle')}
        text={
          <ul className="flex list-disc flex-col gap-2 ps-5">
            <li>{t('settings.demoPoint1')}</li>
            <li>{t('settings.demoPoint2')}</li>
            <li>{t('settings.demoPoint3')}</li>
          </ul>
        }
        action={t('settings.demoStart')}
        isBusy={isBusy}
        error={error}
      />
    </Section>
  )
}
