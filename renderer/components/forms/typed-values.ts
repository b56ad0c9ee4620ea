import { useCallback, useEffect, useRef, type RefObject } from 'react'

/**
 * Whether something in a form was typed or chosen since its field appeared.
 *
 * Each field is compared with what it held when it was first drawn, so that whatever was typed and taken back is
 * nothing to lose, and neither is a step without fields.
 */
export function useTypedValues(form: RefObject<HTMLFormElement | null>): () => boolean {
  const first = useRef(new Map<Element, string>())
  // After each drawing, since fields come with steps and choices.
  useEffect(() => {
    for (const field of form.current?.elements ?? []) {
      if (!first.current.has(field)) first.current.set(field, valueOf(field))
    }
  })
  return useCallback(
    () =>
      [...(form.current?.elements ?? [])].some(
        (field) => valueOf(field) !== (first.current.get(field) ?? valueOf(field)),
      ),
    [form],
  )
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
