import type { ReactNode } from 'react'

interface EmptyProps {
  readonly icon: ReactNode
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** What stands where nothing is yet: what would be here, and how to get it. */
export function Empty({ icon, children, action }: EmptyProps) {
  return (
    <div className="forced-edge flex flex-col items-center gap-3 rounded-card border border-dashed border-edge/50 px-6 py-8 text-center text-ink-soft">
      <span className="text-ink-faint">{icon}</span>
      <p className="max-w-md text-body">{children}</p>
      {action}
    </div>
  )
}
