import { useEffect, useRef, type ReactNode } from 'react'

interface PageProps {
  readonly title: string
  readonly text?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A scrolling page with its heading. The heading takes the focus when the page opens, so that it is read first. */
export function Page({ title, text, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className="h-full overflow-y-auto">
      <div className="rise mx-auto flex w-full max-w-3xl flex-col gap-9 xl:max-w-4xl 2xl:max-w-6xl px-5 pt-9 pb-16 sm:px-8">
        <header className="flex flex-wrap items-end gap-x-6 gap-y-4">
          <div className="flex min-w-56 flex-1 flex-col gap-1.5">
            <h1 ref={heading} tabIndex={-1} className="text-display font-semibold outline-none">
              {title}
            </h1>
            {text !== undefined && <p className="max-w-prose text-body text-ink-soft">{text}</p>}
          </div>
          {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  )
}
