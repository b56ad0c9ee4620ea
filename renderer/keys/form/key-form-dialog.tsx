import { useId, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../../node/contract/errors.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import type { KeyChoice } from '../../../node/contract/keys.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { TextField } from '../../components/forms/field.tsx'
import { useSlice } from '../../state/slices.ts'
import { readDraft, type DraftProblem, type KeyDraft } from './key-draft.ts'
import { KeyFields } from './key-fields.tsx'
import { modelsOfPool } from '../pool-models.ts'

interface KeyFormProps {
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

/** The dialogue in which a key is made or changed. */
export function KeyForm(props: KeyFormProps) {
  const { draft, poolId, isBusy, error, onChange, onSubmit, onClose } = props
  const { t } = useTranslation()
  const formId = useId()
  const nameField = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<DraftProblem | null>(null)
  const models = modelsOfPool(useSlice('machines'), useSlice('models').local, poolId)

  function submit(): void {
    const read = readDraft(draft, Date.now())
    if ('problem' in read) {
      setProblem(read.problem)
      if (read.problem === 'name') nameField.current?.focus()
      return
    }
    setProblem(null)
    onSubmit(read.choice)
  }

  function change(next: KeyDraft): void {
    setProblem(null)
    onChange(next)
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={props.title}
      description={props.text}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isBusy}>
            {props.action}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) submit()
        }}
      >
        <TextField
          ref={nameField}
          label={t('keys.name')}
          hint={t('keys.nameHint')}
          autoFocus
          autoComplete="off"
          maxLength={60}
          aria-invalid={problem === 'name' || undefined}
          value={draft.name}
          onChange={(event) => {
            change({ ...draft, name: event.target.value })
          }}
        />
        {props.children}
        <KeyFields draft={draft} models={models} onChange={change} />
        <div role="alert" className="empty:hidden">
          {problem !== null && (
            <p className="forced-edge rounded-control bg-danger-soft px-3.5 py-2.5 text-small text-danger-ink">
              {t(`keys.problem.${problem}`)}
            </p>
          )}
        </div>
        <ErrorNote error={error} />
      </form>
    </Dialog>
  )
}
