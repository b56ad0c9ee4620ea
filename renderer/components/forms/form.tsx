import type { ReactNode, Ref } from 'react'
import { flushSync } from 'react-dom'

interface FormProps {
  readonly ref?: Ref<HTMLFormElement>
  readonly id?: string
  readonly className?: string
  /** False while something needed is missing, or while what was sent before still runs. */
  readonly canSubmit: boolean
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** A form. When `onSubmit` marks a field as wrong instead of sending, that field takes the focus. */
export function Form({ ref, id, className, canSubmit, onSubmit, children }: FormProps) {
  return (
    <form
      ref={ref}
      id={id}
      // The browser's own bubbles speak the system's language, not the window's.
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault()
        if (!canSubmit) return
        // Drawn at once, so that the mistakes that were found are there to be looked for.
        flushSync(onSubmit)
        event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      }}
    >
      {children}
    </form>
  )
}
