import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../../node/contract/errors.ts'
import { Button } from '../button.tsx'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { Dialog } from '../dialog.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Form } from './form.tsx'
import { useTypedValues } from './typed-values.ts'

interface FormDialogProps {
  readonly title: string
  readonly description?: ReactNode
  /** The words on the button that sends. */
  readonly action: string
  readonly isDangerous?: boolean
  /** Puts the focus on the button that sends, where a step has no field. */
  readonly focusesAction?: boolean
  /** False while something needed is missing. */
  readonly isReady?: boolean
  readonly isBusy: boolean
  /** Usually only while nothing runs; true where closing lets go of what runs without harm. */
  readonly canClose?: boolean
  readonly error: KithError | null
  /** Stands in place of Cancel, where a form is a second step. */
  readonly back?: { readonly words: string; readonly onPress: () => void }
  readonly onSubmit: () => unknown
  readonly onClose: () => void
  /** The fields. The first of them has the focus when the dialog opens. */
  readonly children?: ReactNode
}

/**
 * A dialog with fields to fill in and send. Whoever opens it shows it, and takes it away on `onClose`.
 *
 * A click beside it, Escape and the cross ask before they throw away what was typed; Cancel says it in so many words.
 */
export function FormDialog(props: FormDialogProps) {
  const { isReady = true, isBusy, canClose = !isBusy, back, focusesAction = false } = props
  const { t } = useTranslation()
  const formId = useId()
  const { ref, isTyped } = useTypedValues()
  const [asksToDiscard, setAsksToDiscard] = useState(false)
  return (
    <Dialog
      isOpen
      canClose={canClose}
      onClose={() => {
        if (isTyped()) setAsksToDiscard(true)
        else props.onClose()
      }}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button disabled={!canClose} onClick={back?.onPress ?? props.onClose}>
            {back?.words ?? t('app.cancel')}
          </Button>
          <Button
            // Another action is another button, so that a second step can take the focus.
            key={props.action}
            type="submit"
            form={formId}
            variant={props.isDangerous === true ? 'danger' : 'primary'}
            autoFocus={focusesAction}
            isBusy={isBusy}
            disabled={!isReady}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <Form
        ref={ref}
        id={formId}
        canSubmit={isReady && !isBusy}
        onSubmit={props.onSubmit}
        className="flex flex-col gap-4"
      >
        {props.children}
        <ErrorNote error={props.error} />
      </Form>
      <ConfirmDialog
        isOpen={asksToDiscard}
        onClose={() => {
          setAsksToDiscard(false)
        }}
        onConfirm={props.onClose}
        title={t('app.discardTitle')}
        text={t('app.discardText')}
        action={t('app.discard')}
        isDangerous
      />
    </Dialog>
  )
}
