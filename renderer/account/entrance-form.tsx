import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Form } from '../components/forms/form.tsx'

/** The ways into an account. */
export type Entrance = 'signIn' | 'signUp' | 'restore' | 'linking'

/** What every form of signing in is given: the way to the others. */
export interface EntranceProps {
  readonly hasAccounts: boolean
  readonly onSwitch: (entrance: Entrance) => void
}

interface EntranceFormProps {
  readonly title: string
  readonly text?: string
  /** The words on the button that sends. */
  readonly action: string
  readonly isBusy: boolean
  readonly error: KithError | null
  /** Said while it runs, where that takes long. */
  readonly busyText?: string
  /** Another button, below the one that sends. */
  readonly otherAction?: ReactNode
  /** The other ways in that are offered here. */
  readonly others: readonly Entrance[]
  readonly onSwitch: (entrance: Entrance) => void
  readonly onSubmit: () => unknown
  /** The fields. */
  readonly children: ReactNode
}

function SwitchLink({ entrance, onSwitch }: Pick<EntranceProps, 'onSwitch'> & { readonly entrance: Entrance }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className="min-h-8 rounded-lg text-small font-medium text-accent-ink underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
      onClick={() => {
        onSwitch(entrance)
      }}
    >
      {t(`account.to.${entrance}`)}
    </button>
  )
}

/** The shell of every form of signing in: its heading, its fields, what went wrong, and the other ways in. */
export function EntranceForm(props: EntranceFormProps) {
  const { text, isBusy, busyText } = props
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <h2 className="text-title font-semibold">{props.title}</h2>
        {text !== undefined && <p className="text-small text-ink-soft">{text}</p>}
      </div>
      <Form canSubmit={!isBusy} onSubmit={props.onSubmit} className="flex flex-col gap-5">
        {props.children}
        <ErrorNote error={props.error} />
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {props.action}
        </Button>
        {props.otherAction}
        {busyText !== undefined && isBusy && (
          <p role="status" className="text-small text-ink-soft">
            {busyText}
          </p>
        )}
      </Form>
      <div className="flex flex-col items-start gap-1">
        {props.others.map((entrance) => (
          <SwitchLink key={entrance} entrance={entrance} onSwitch={props.onSwitch} />
        ))}
      </div>
    </>
  )
}
