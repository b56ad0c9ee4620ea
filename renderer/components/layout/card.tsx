import type { ReactNode } from 'react'
import { classNames } from '../class-names.ts'

/** A sheet with a soft edge. */
export function Card({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return (
    <div className={classNames('forced-edge rounded-card border border-line bg-surface shadow-card', className)}>
      {children}
    </div>
  )
}
