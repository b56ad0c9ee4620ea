import { CircleAlert, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../class-names.ts'

interface CalloutProps {
  readonly tone?: 'plain' | 'caution'
  readonly title?: string
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** A standing remark that belongs to what is below it. */
export function Callout({ tone = 'plain', title, children, action }: CalloutProps) {
  const Icon = tone === 'caution' ? CircleAlert : Info
  return (
    <div
      className={classNames(
        'forced-edge flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control px-4 py-3 text-small',
        tone === 'caution' ? 'bg-caution-soft text-caution-ink' : 'bg-accent-soft text-accent-ink',
      )}
    >
      <Icon aria-hidden size={18} className="shrink-0" />
      <div className="min-w-40 flex-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        <div>{children}</div>
      </div>
      {action}
    </div>
  )
}
