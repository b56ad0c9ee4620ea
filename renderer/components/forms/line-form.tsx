import type { ReactNode } from 'react'
import type { KithError } from '../../../node/contract/errors.ts'
import { Button } from '../button.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Form } from './form.tsx'

interface LineFormProps {
  /** The words on the button that sends. */
  readonly action: string
  /** False while there is nothing to send. */
  readonly isReady?: boolean
  readonly isBusy: boolean
  readonly error: KithError | null
  readonly onSubmit: () => unknown
  /** The one field. */
  readonly children: ReactNode
}

/** One field on a page with its button beside it, and below both what went wrong. */
export function LineForm({ action, isReady = true, isBusy, error, onSubmit, children }: LineFormProps) {
  return (
    <Form canSubmit={isReady && !isBusy} onSubmit={onSubmit} className="flex flex-wrap items-start gap-3">
      {children}
      <Button type="submit" className="mt-6.5" isBusy={isBusy} disabled={!isReady}>
        {action}
      </Button>
      <div className="w-full">
        <ErrorNote error={error} />
      </div>
    </Form>
  )
}
