import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { KithError } from '../../node/contract/errors.ts'
import { sentenceOf } from '../locales/error-sentence.ts'

interface ErrorNoteProps {
  readonly error: KithError | null
  readonly action?: ReactNode
  /** Not announced: it was there before, or something else speaks of it. */
  readonly isQuiet?: boolean
}

/** An expected failure as a sentence, announced when it appears. */
export function ErrorNote({ error, action, isQuiet = false }: ErrorNoteProps) {
  return (
    <div role={isQuiet ? undefined : 'alert'} className="empty:hidden">
      {error !== null && (
        <div className="rise forced-edge flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control bg-danger-soft px-3.5 py-2.5 text-danger-ink">
          <CircleAlert aria-hidden size={18} className="shrink-0" />
          <p className="min-w-40 flex-1 text-small">{sentenceOf(error)}</p>
          {action}
        </div>
      )}
    </div>
  )
}
