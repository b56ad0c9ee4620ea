import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorNote } from './error-note.tsx'

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly title: string
  readonly text: ReactNode
  readonly action: string
  readonly isDangerous?: boolean
  readonly isBusy?: boolean
  readonly error?: KithError | null
}

/** Asks before something that cannot be taken back or that others feel. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      description={props.text}
      actions={
        <>
          <Button onClick={props.onClose}>{t('app.cancel')}</Button>
          <Button
            variant={props.isDangerous === true ? 'danger' : 'primary'}
            isBusy={props.isBusy ?? false}
            onClick={props.onConfirm}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <ErrorNote error={props.error ?? null} />
    </Dialog>
  )
}
