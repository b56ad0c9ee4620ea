import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallOutput } from '../../../node/contract/contract.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import type { KeyChoice } from '../../../node/contract/keys.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { SelectField } from '../../components/forms/select-field.tsx'
import { useCall } from '../../state/use-call.ts'
import { KeyFormDialog } from './key-form-dialog.tsx'
import { newDraft } from './key-draft.ts'
import { KeySecretDialog } from '../secret/key-secret-dialog.tsx'

interface CreateKeyDialogProps {
  /** Pools a key can be made in; at least one. */
  readonly pools: readonly Pool[]
  readonly firstPoolId: PoolId
  readonly onClose: () => void
}

/** Makes a key, then shows it once. The key lives in this dialog and nowhere else in the window. */
export function CreateKeyDialog({ pools, firstPoolId, onClose }: CreateKeyDialogProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(newDraft)
  const [poolId, setPoolId] = useState(firstPoolId)
  const [made, setMade] = useState<CallOutput<'key.create'> | null>(null)
  const { run, isBusy, error } = useCall('key.create')

  async function create(choice: KeyChoice): Promise<void> {
    const result = await run({ ...choice, poolId })
    if (result.ok) setMade(result.value)
  }

  if (made !== null) {
    return (
      <KeySecretDialog
        title={t('keys.madeTitle', { name: made.key.name })}
        apiKey={made.key}
        plainKey={made.plainKey}
        onClose={onClose}
      />
    )
  }
  return (
    <KeyFormDialog
      title={t('keys.createTitle')}
      text={t('keys.createText')}
      action={t('keys.createAction')}
      draft={draft}
      poolId={poolId}
      isBusy={isBusy}
      error={error}
      onChange={setDraft}
      onSubmit={create}
      onClose={onClose}
    >
      {pools.length > 1 && (
        <SelectField
          label={t('keys.pool')}
          hint={t('keys.poolHint')}
          value={poolId}
          options={pools.map((pool) => ({ value: pool.poolId, label: pool.name }))}
          onChange={(next) => {
            setPoolId(next)
            // Ticked models belong to the pool that was shown.
            setDraft((current) => ({ ...current, models: current.models === null ? null : [] }))
          }}
        />
      )}
    </KeyFormDialog>
  )
}
