import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../../node/contract/errors.ts'
import { TextField } from './field.tsx'
import { FormDialog } from './form-dialog.tsx'

interface RenameDialogProps {
  readonly title: string
  readonly label: string
  readonly hint: string
  readonly name: string
  readonly maxLength: number
  readonly isBusy: boolean
  readonly error: KithError | null
  readonly onRename: (name: string) => void
  readonly onClose: () => void
}

/** Another name for something that has one. */
export function RenameDialog({ title, label, hint, name, maxLength, onRename, ...rest }: RenameDialogProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(name)
  const wished = typed.trim()
  return (
    <FormDialog
      title={title}
      action={t('app.save')}
      isReady={wished !== '' && wished !== name}
      onSubmit={() => {
        onRename(wished)
      }}
      {...rest}
    >
      <TextField label={label} hint={hint} maxLength={maxLength} value={typed} onChange={setTyped} />
    </FormDialog>
  )
}
