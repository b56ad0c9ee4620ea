import { useCallback, useEffect, useRef, type RefCallback } from 'react'

interface TypedValues {
  /** For the form whose fields are watched. */
  readonly ref: RefCallback<HTMLFormElement>
  /** Whether something was typed or chosen that is still there. */
  readonly isTyped: () => boolean
}

/**
 * Whether something in a form was typed or chosen since its field appeared.
 *
 * Each field is compared with what it held when it was first drawn, so that whatever was typed and taken back is
 * nothing to lose, and neither is a step without fields.
 */
export function useTypedValues(): TypedValues {
  const form = useRef<HTMLFormElement | null>(null)
  const first = useRef(new Map<Element, string>())
  const note = useCallback(() => {
    for (const field of form.current?.elements ?? []) {
      if (!first.current.has(field)) first.current.set(field, valueOf(field))
    }
  }, [])
  // A dialog draws what is in it later than itself, so the form says when it is there.
  const ref = useCallback(
    (element: HTMLFormElement | null) => {
      form.current = element
      note()
    },
    [note],
  )
  // After each drawing, since fields come with steps and choices.
  useEffect(note)
  const isTyped = useCallback(
    () =>
      [...(form.current?.elements ?? [])].some((field) => {
        const value = valueOf(field)
        return value !== (first.current.get(field) ?? value)
      }),
    [],
  )
  return { ref, isTyped }
}

/** What a person has put into a field; switches and the like are buttons that say so. */
function valueOf(field: Element): string {
  if (field instanceof HTMLInputElement) return isTicked(field) ? String(field.checked) : field.value
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) return field.value
  return field.getAttribute('aria-checked') ?? ''
}

function isTicked({ type }: HTMLInputElement): boolean {
  return type === 'checkbox' || type === 'radio'
}
