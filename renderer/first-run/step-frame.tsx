import { useEffect, useRef, type ReactNode } from 'react'
import { dismissAllNotices } from '../state/notices.ts'

interface StepFrameProps {
  readonly title: string
  readonly text: string
  readonly children: ReactNode
  readonly actions: ReactNode
}

/** One step: its heading takes the focus, so that the way through is read in order. */
export function StepFrame({ title, text, children, actions }: StepFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Also where the same step says something new.
  useEffect(() => {
    heading.current?.focus()
    return dismissAllNotices
  }, [title])
  return (
    <>
      <div className="flex flex-col gap-2">
        <h1 ref={heading} tabIndex={-1} className="text-display font-semibold outline-none">
          {title}
        </h1>
        <p className="max-w-prose text-ink-soft">{text}</p>
      </div>
      <div className="flex flex-col gap-4">{children}</div>
      <footer className="flex flex-wrap justify-between gap-3">{actions}</footer>
    </>
  )
}
