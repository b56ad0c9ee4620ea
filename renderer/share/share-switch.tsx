import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Toggle } from '../components/forms/toggle.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

/** The one switch. Off until it is chosen. */
export function ShareSwitch() {
  const { t } = useTranslation()
  const { isEnabled } = useSlice('sharing')
  const { run, isBusy, error } = useCall('sharing.set')
  return (
    <Card className="flex flex-col gap-4 p-6">
      <div className="flex flex-wrap items-center gap-5">
        <div role="status" className="flex min-w-48 flex-1 flex-col gap-1">
          <p className="text-title font-semibold">{isEnabled ? t('share.isOn') : t('share.isOff')}</p>
          <p className="text-ink-soft">{isEnabled ? t('share.onText') : t('share.offText')}</p>
        </div>
        <Toggle
          label={t('share.switch')}
          isOn={isEnabled}
          isBusy={isBusy}
          onChange={(next) => void run({ isEnabled: next })}
        />
      </div>
      <ErrorNote error={error} />
    </Card>
  )
}
