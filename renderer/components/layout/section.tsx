import { useId, type ReactNode } from 'react'

interface SectionProps {
  readonly title: string
  readonly text?: ReactNode
  readonly action?: ReactNode
  readonly children?: ReactNode
}

/** A named part of a page on its own sheet. */
export function Section({ title, text, action, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <header className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="flex min-w-48 flex-1 flex-col gap-0.5">
          <h2 id={id} className="text-lead font-semibold">
            {title}
          </h2>
          {text !== undefined && <p className="text-small text-ink-soft">{text}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  )
}
