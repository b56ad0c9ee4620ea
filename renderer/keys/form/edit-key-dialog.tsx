import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey, KeyChoice } from '../../../node/contract/keys.ts'
import { notify } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { changeOf, draftOf } from './key-draft.ts'
import { KeyFormDialog } from './key-form-dialog.tsx'

/** Changes the name, the limits and the rest of a key; the key itself stays as it is. */
export function EditKeyDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(() => draftOf(apiKey))
  // What the person saw when they began, not what arrived since.
  const [before] = useState(apiKey)
  const { run, isBusy, error } = useCall('key.update')

  async function save(choice: KeyChoice): Promise<void> {
    const change = changeOf(before, draft, choice)
    if (Object.keys(change).length > 0) {
      const result = await run({ keyId: apiKey.keyId, change })
      if (!result.ok) return
      notify(t('keys.saved', { name: choice.name }))
    }
    onClose()
  }

  return (
    <KeyFormDialog
      title={t('keys.editTitle', { name: before.name })}
      text={t('keys.editText')}
      action={t('keys.editAction')}
      draft={draft}
      poolId={apiKey.poolId}
      isBusy={isBusy}
      error={error}
      onChange={setDraft}
      onSubmit={save}
      onClose={onClose}
    />
  )
}
