import { ChevronRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'

interface DisclosureProps {
  readonly label: string
  /** Open at first. */
  readonly isOpen?: boolean
  readonly children: ReactNode
}

/** More of something, for those who want it. What is inside is drawn only while it is open. */
export function Disclosure({ label, isOpen: isOpenAtFirst = false, children }: DisclosureProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <details
      open={isOpen}
      className="group flex flex-col"
      onToggle={(event) => {
        setOpen(event.currentTarget.open)
      }}
    >
      <summary className="flex min-h-8 w-fit list-none items-center gap-1.5 rounded-lg pe-2 text-small font-medium text-accent-ink hover:underline hover:underline-offset-4">
        <ChevronRight aria-hidden size={16} className="shrink-0 transition-transform group-open:rotate-90" />
        {label}
      </summary>
      {isOpen && <div className="pt-3">{children}</div>}
    </details>
  )
}
