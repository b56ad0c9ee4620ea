import { AsyncQueue } from '../../base/async-queue.ts'
import type { ServedPart } from '../messages/generation.ts'

export interface PartQueueListeners {
  /** The reader took this much text. */
  readonly onRead?: (text: string) => void
  /** The reader left: after the last part, or before. Called once. */
  readonly onLeave?: () => void
}

/**
 * Parts of one generation between whoever produces them and whoever reads them.
 *
 * Text that nobody has read yet is joined and counted, in UTF-16 units; of a stage that is said again one is kept. After
 * `end` or `failed` nothing more is taken.
 */
export class PartQueue extends AsyncQueue<ServedPart> {
  constructor({ onRead, onLeave }: PartQueueListeners = {}) {
    super({
      isLast: ({ type }) => type === 'end' || type === 'failed',
      join: joined,
      sizeOf: (part) => (part.type === 'text' ? part.text.length : 0),
      onRead: (part) => {
        if (part.type === 'text') onRead?.(part.text)
      },
      ...(onLeave ? { onLeave } : {}),
    })
  }
}

function joined(before: ServedPart, part: ServedPart): ServedPart | null {
  if (before.type === 'text' && part.type === 'text') {
    return { type: 'text', text: before.text + part.text, tokens: before.tokens + part.tokens }
  }
  const isSameStage = before.type === part.type && (part.type === 'loading' || part.type === 'reading')
  return isSameStage ? part : null
}
