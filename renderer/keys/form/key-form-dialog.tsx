import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../../node/contract/errors.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import type { KeyChoice } from '../../../node/contract/keys.ts'
import { TextField } from '../../components/forms/field.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { nameMistake } from '../../components/forms/text-mistakes.ts'
import { useMistakes } from '../../components/forms/use-mistakes.ts'
import { useSlice } from '../../state/slices.ts'
import { maxKeyName, readDraft, type DraftProblem, type KeyDraft } from './key-draft.ts'
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
  readonly onSubmit: (choice: KeyChoice) => Promise<void>
  readonly onClose: () => void
}

/** The dialog in which a key is made or changed. */
export function KeyFormDialog(props: KeyFormDialogProps) {
  const { draft, poolId, onChange, onSubmit } = props
  const { t } = useTranslation()
  const [nowMs] = useState(Date.now)
  const models = modelsOfPool(useSlice('machines'), useSlice('models').local, poolId)

  const read = readDraft(draft, nowMs)
  const mistakeOf = (problem: Exclude<DraftProblem, 'name'>): string | null =>
    'problems' in read && read.problems.includes(problem) ? t(`keys.problem.${problem}`) : null
  const mistakes = useMistakes(
    {
      name: nameMistake(draft.name, maxKeyName),
      scopes: mistakeOf('scopes'),
      models: mistakeOf('models'),
      limits: mistakeOf('limits'),
      expiry: mistakeOf('expiry'),
    },
    { error: props.error, fields: {} },
  )

  async function submit(): Promise<void> {
    if ('choice' in read) await onSubmit(read.choice)
  }

  return (
    <FormDialog
      title={props.title}
      description={props.text}
      action={props.action}
      isBusy={props.isBusy}
      error={mistakes.rest}
      onSubmit={mistakes.before(submit)}
      onClose={props.onClose}
    >
      <div className="flex flex-col gap-5">
        <TextField
          label={t('keys.name')}
          hint={t('keys.nameHint')}
          autoComplete="off"
          mistake={mistakes.of('name')}
          value={draft.name}
          onChange={(name) => {
            onChange({ ...draft, name })
          }}
        />
        {props.children}
        <KeyFields draft={draft} mistakes={mistakes} models={models} onChange={onChange} />
      </div>
    </FormDialog>
  )
}
