import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../../node/contract/keys.ts'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { SelectField } from '../../components/forms/select-field.tsx'
import { useCall } from '../../state/use-call.ts'
import { KeySecretDialog } from './key-secret-dialog.tsx'

const hourMs = 3_600_000
const overlaps = { none: 0, hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, month: 30 * 24 * hourMs } as const
type Overlap = keyof typeof overlaps
const overlapNames = Object.keys(overlaps) as Overlap[]

/** Gives a key a new secret; the old one works on for a while, so that programs can be changed in peace. */
export function RotateKeyDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [overlap, setOverlap] = useState<Overlap>('day')
  const [plainKey, setPlainKey] = useState<string | null>(null)
  const { run, isBusy, error } = useCall('key.rotate')
  const { name } = apiKey

  async function rotate(): Promise<void> {
    const result = await run({ keyId: apiKey.keyId, overlapMs: overlaps[overlap] })
    if (result.ok) setPlainKey(result.value.plainKey)
  }

  if (plainKey !== null) {
    return (
      <KeySecretDialog title={t('keys.rotatedTitle', { name })} apiKey={apiKey} plainKey={plainKey} onClose={onClose} />
    )
  }
  return (
    <FormDialog
      title={t('keys.rotateTitle', { name })}
      description={t('keys.rotateText')}
      action={t('keys.rotateAction')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void rotate()}
      onClose={onClose}
    >
      <SelectField
        label={t('keys.overlapLabel')}
        hint={t('keys.overlapHint')}
        value={overlap}
        options={overlapNames.map((value) => ({ value, label: t(`keys.overlapOption.${value}`) }))}
        onChange={setOverlap}
      />
    </FormDialog>
  )
}
