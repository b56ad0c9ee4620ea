import type { ReactNode } from 'react'

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
