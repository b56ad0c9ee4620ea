import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withSlots } from '../../node/contract/engine-slots.ts'
import { TextField } from '../components/forms/field.tsx'
import { LineForm } from '../components/forms/line-form.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

interface SlotsFormProps {
  /** `ollama`, or the address of a server. */
  readonly engine: string
  readonly label: string
  readonly slots: number
}

/** How many answers an engine is asked for at once; the rest wait in Kith. */
export function SlotsForm({ engine, label, slots }: SlotsFormProps) {
  const { t } = useTranslation()
  const engines = useSlice('engines')
  const { engineSlots = {} } = useSlice('settings')
  const { run, isBusy, error } = useCall('settings.update')
  const [text, setText] = useState(String(slots))
  const chosen = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0
  const isReady = chosen >= 1 && chosen <= 1_024 && chosen !== slots
  return (
    <LineForm
      action={t('models.slotsSave')}
      isReady={isReady}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ engineSlots: withSlots(engines, engineSlots, engine, chosen) })}
    >
      <TextField
        label={t('models.slots', { engine: label })}
        hint={t('models.slotsHint')}
        className="min-w-40 flex-1"
        inputMode="numeric"
        autoComplete="off"
        maxLength={4}
        value={text}
        onChange={setText}
      />
    </LineForm>
  )
}
