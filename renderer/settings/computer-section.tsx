import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Card, Section } from '../components/card.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TextField } from '../components/forms/field.tsx'
import { notify } from '../state/notices.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

/** The name others see for this computer. */
export function ComputerSection() {
  const { t } = useTranslation()
  const { deviceName } = useSlice('settings')
  const [typed, setTyped] = useState<string | null>(null)
  const { run, isBusy, error } = useCall('settings.update')
  const name = typed ?? deviceName
  const isChanged = name.trim() !== '' && name.trim() !== deviceName

  async function save(): Promise<void> {
    const result = await run({ deviceName: name.trim() })
    if (!result.ok) return
    setTyped(null)
    notify(t('settings.deviceNameSaved'))
  }

  return (
    <Section title={t('settings.computer')}>
      <Card className="p-5">
        <form
          className="flex flex-wrap items-start gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isBusy && isChanged) void save()
          }}
        >
          <TextField
            label={t('settings.deviceName')}
            hint={t('settings.deviceNameHint')}
            className="min-w-60 flex-1"
            maxLength={80}
            value={name}
            onChange={(event) => {
              setTyped(event.target.value)
            }}
          />
          <Button type="submit" className="mt-6.5" isBusy={isBusy} disabled={!isChanged}>
            {t('settings.deviceNameAction')}
          </Button>
          <div className="w-full">
            <ErrorNote error={error} />
          </div>
        </form>
      </Card>
    </Section>
  )
}
