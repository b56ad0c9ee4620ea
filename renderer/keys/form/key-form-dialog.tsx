import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../../node/contract/errors.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import type { KeyChoice } from '../../../node/contract/keys.ts'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { useSlice } from '../../state/slices.ts'
import { readDraft, type DraftProblem, type KeyDraft } from './key-draft.ts'
import { KeyFields } from './key-fields.tsx'
import { modelsOfPool } from '../pool-models.ts'

interface KeyFormDialogProps {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly draft: KeyDraft
  readonly poolId: PoolId
  readonly isBusy: boolean
  readonly error: KithError | null
  /** Stands between the name and the rest. */
  readonly children?: ReactNode
  readonly onChange: (draft: KeyDraft) => void
  readonly onSubmit: (choice: KeyChoice) => void
  readonly onClose: () => void
}

/** The dialog in which a key is made or changed. */
export function KeyFormDialog(props: KeyFormDialogProps) {
  const { draft, poolId, onChange, onSubmit } = props
  const { t } = useTranslation()
  const [problem, setProblem] = useState<DraftProblem | null>(null)
  const models = modelsOfPool(useSlice('machines'), useSlice('models').local, poolId)

  function submit(): void {
    const read = readDraft(draft, Date.now())
    setProblem('problem' in read ? read.problem : null)
    if ('choice' in read) onSubmit(read.choice)
  }

  function change(next: KeyDraft): void {
    setProblem(null)
    onChange(next)
  }

  return (
    <FormDialog
      title={props.title}
      description={props.text}
      action={props.action}
      isBusy={props.isBusy}
      error={props.error}
      mistake={problem === null ? null : t(`keys.problem.${problem}`)}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <div className="flex flex-col gap-5">
        <TextField
          label={t('keys.name')}
          hint={t('keys.nameHint')}
          autoComplete="off"
          maxLength={60}
          aria-invalid={problem === 'name' || undefined}
          value={draft.name}
          onChange={(name) => {
            change({ ...draft, name })
          }}
        />
        {props.children}
        <KeyFields draft={draft} problem={problem} models={models} onChange={change} />
      </div>
    </FormDialog>
  )
}
