import { useCallback, useEffect, useRef, useState, type ReactNode, type RefCallback } from 'react'
import { flushSync } from 'react-dom'

interface FormProps {
  /** Has to stay the same from one drawing to the next. */
  readonly ref?: RefCallback<HTMLFormElement>
  readonly id?: string
  readonly className?: string
  /** False while something needed is missing, or while what was sent before still runs. */
  readonly canSubmit: boolean
  /** A promise ends with what was sent. */
  readonly onSubmit: () => unknown
  readonly children: ReactNode
}

/** A form. The first field that holds too much, or that `onSubmit` or what it sent marks as wrong, takes the focus. */
export function Form({ ref, id, className, canSubmit, onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  const [ended, setEnded] = useState(0)

  // Drawn together with what the peer refused.
  useEffect(() => {
    if (ended > 0) focusMistake(form.current)
  }, [ended])

  const keep = useCallback(
    (element: HTMLFormElement | null) => {
      form.current = element
      ref?.(element)
    },
    [ref],
  )

  function send(): void {
    const sent = onSubmit()
    if (sent instanceof Promise) void sent.finally(() => setEnded((count) => count + 1))
  }

  return (
    <form
      ref={keep}
      id={id}
      // The browser's own bubbles speak the system's language, not the window's.
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault()
        if (!canSubmit) return
        const tooLong = event.currentTarget.querySelector<HTMLElement>('[data-too-long]')
        if (tooLong !== null) {
          tooLong.focus()
          return
        }
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
