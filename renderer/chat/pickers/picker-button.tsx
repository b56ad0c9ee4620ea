import { ChevronDown } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

interface PickerButtonProps extends ComponentProps<'button'> {
  readonly label: string
  readonly icon: ReactNode
}

/** What opens a picker of the composer; it shows what is chosen. */
export function PickerButton({ label, icon, children, ...rest }: PickerButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className="inline-flex min-h-8 max-w-64 min-w-0 items-center gap-1.5 rounded-full px-2.5 text-small text-ink-soft transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
    >
      {icon}
      <span className="truncate">{children}</span>
      <ChevronDown aria-hidden size={14} className="shrink-0 text-ink-faint" />
    </button>
  )
}
