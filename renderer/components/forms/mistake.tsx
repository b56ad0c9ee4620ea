import { CircleAlert } from 'lucide-react'

/** The id under which a control names its mistake, from the control's own. */
export function mistakeIdOf(id: string): string {
  return `${id}-mistake`
}

/** What is wrong with one field, in words beside it; said aloud, since the focus may be in that field already. */
export function Mistake({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <p id={id} role="alert" className="flex items-start gap-1.5 text-small text-danger-ink">
      <CircleAlert aria-hidden size={15} className="mt-0.5 shrink-0" />
      <span className="min-w-0 break-words">{text}</span>
    </p>
  )
}
