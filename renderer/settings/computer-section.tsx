import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { TextField } from '../components/forms/field.tsx'
import { LineForm } from '../components/forms/line-form.tsx'
import { nameMistake } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
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
  const mistakes = useMistakes({ name: nameMistake(name, 80) }, { error, fields: {} })

  async function save(): Promise<void> {
    const result = await run({ deviceName: name.trim() })
    if (!result.ok) return
    setTyped(null)
    notify(t('settings.deviceNameSaved'))
  }

  return (
    <Section title={t('settings.computer')}>
      <Card className="p-5">
        <LineForm
          action={t('settings.deviceNameAction')}
          isReady={name.trim() !== deviceName}
          isBusy={isBusy}
          error={mistakes.rest}
          onSubmit={mistakes.before(save)}
        >
          <TextField
            label={t('settings.deviceName')}
            hint={t('settings.deviceNameHint')}
            className="min-w-60 flex-1"
            mistake={mistakes.of('name')}
            value={name}
            onChange={setTyped}
          />
        </LineForm>
      </Card>
    </Section>
  )
}
