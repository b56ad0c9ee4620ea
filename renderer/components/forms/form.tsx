import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { flushSync } from 'react-dom'

interface FormProps {
  readonly ref?: RefObject<HTMLFormElement | null>
  readonly id?: string
  readonly className?: string
  /** False while something needed is missing, or while what was sent before still runs. */
  readonly canSubmit: boolean
  /** A promise ends with what was sent. */
  readonly onSubmit: () => unknown
  readonly children: ReactNode
}

/** A form. When `onSubmit`, or what it sent, marks fields as wrong, the first of them takes the focus. */
export function Form({ ref, id, className, canSubmit, onSubmit, children }: FormProps) {
  const own = useRef<HTMLFormElement>(null)
  const form = ref ?? own
  const [ended, setEnded] = useState(0)

  // Drawn together with what the peer refused.
  useEffect(() => {
    if (ended > 0) focusMistake(form.current)
  }, [ended, form])

  function send(): void {
    const sent = onSubmit()
    if (sent instanceof Promise) void sent.finally(() => setEnded((count) => count + 1))
  }

  return (
    <form
      ref={form}
      id={id}
      // The browser's own bubbles speak the system's language, not the window's.
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault()
        if (!canSubmit) return
        // Drawn at once, so that the mistakes that were found are there to be looked for.
        flushSync(send)
        focusMistake(event.currentTarget)
      }}
    >
      {children}
    </form>
  )
}

function focusMistake(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-mistake]')?.focus()
}
