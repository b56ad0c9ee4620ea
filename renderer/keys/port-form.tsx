import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../components/forms/field.tsx'
import { LineForm } from '../components/forms/line-form.tsx'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

const maxPort = 65_535

/** The port of the local address. An empty field leaves the choice to Kith. */
export function PortForm({ port }: { readonly port: number | null }) {
  const { t } = useTranslation()
  const saved = port === null ? '' : String(port)
  const [typed, setTyped] = useState(saved)
  const { run, isBusy, error } = useCall('settings.update')
  const text = typed.trim()
  const number = Number(text)
  const isValid = text === '' || (Number.isInteger(number) && number >= 1 && number <= maxPort)
  const mistakes = useMistakes(
    { port: isValid ? null : t('keys.api.portInvalid', { max: maxPort }) },
    { error, fields: {} },
  )

  async function save(): Promise<void> {
    const result = await run({ apiPort: text === '' ? null : number })
    if (result.ok) notify(t('keys.api.portSaved'))
  }

  return (
    <LineForm
      action={t('keys.api.portAction')}
      isReady={text !== saved}
      isBusy={isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(save)}
    >
      <TextField
        label={t('keys.api.portLabel')}
        hint={t('keys.api.portHint')}
        mistake={mistakes.of('port')}
        className="w-72 max-w-full"
        inputMode="numeric"
        autoComplete="off"
        maxLength={100}
        value={typed}
        onChange={setTyped}
      />
    </LineForm>
  )
}
