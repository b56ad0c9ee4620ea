import { useId, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

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

/** A sheet with a soft edge. */
export function Card({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return (
    <div className={classNames('forced-edge rounded-card border border-line bg-surface shadow-card', className)}>
      {children}
    </div>
  )
}

/** Rows on one sheet, divided by hairlines. */
export function RowList({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <ul
      aria-label={label}
      className="forced-edge divide-y divide-line rounded-card border border-line bg-surface shadow-card"
    >
      {children}
    </ul>
  )
}

/** One row: a picture, two lines of text and what can be done. Wraps before anything is cut off. */
export function Row(props: {
  readonly icon?: ReactNode
  readonly title: ReactNode
  readonly text?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <li className="flex flex-col gap-3 px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-3.5 gap-y-2">
        {props.icon}
        <div className="flex min-w-44 flex-1 flex-col gap-0.5">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium break-words">{props.title}</div>
          {props.text !== undefined && <div className="text-small text-ink-soft break-words">{props.text}</div>}
        </div>
        {props.actions !== undefined && <div className="flex flex-wrap items-center gap-1.5">{props.actions}</div>}
      </div>
      {props.children}
    </li>
  )
}
