import type { ReactNode } from 'react'
import { StepsProgress, type FirstRunStep } from './steps-progress.tsx'

interface FirstRunFrameProps {
  readonly step: FirstRunStep
  /** Beside the steps. */
  readonly action?: ReactNode
  readonly children: ReactNode
}

/** The page around every step, so that the steps above stay where they are from one to the next. */
export function FirstRunFrame({ step, action, children }: FirstRunFrameProps) {
  return (
    <main className="h-full overflow-y-auto [scrollbar-gutter:stable]">
      <div className="mx-auto flex min-h-full w-full max-w-3xl flex-col gap-8 px-6 py-9">
        <header className="flex min-h-8 flex-wrap items-center justify-between gap-4">
          <StepsProgress current={step} />
          {action}
        </header>
        {children}
      </div>
    </main>
  )
}
