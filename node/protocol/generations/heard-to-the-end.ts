import { joinSignals } from '../../base/joined-signal.ts'
import type { ServedPart } from '../messages/generation.ts'
import { PartQueue } from './part-queue.ts'

/** How much text may wait for the reader, in UTF-16 units. */
const aheadUnits = 64 * 1024

/**
 * Parts of a generation for a reader who may leave at any time.
 *
 * Leaving stops the generation, but it is still heard to its end: only then is known what it has cost. The source ends
 * soon after its signal fires; its last part is passed on when it is over, and everything is settled. `failure` makes a
 * part of what it throws, which is a bug.
 */
export async function* heardToTheEnd(
  source: (signal: AbortSignal) => AsyncIterable<ServedPart>,
  signals: readonly AbortSignal[],
  failure: (cause: unknown) => ServedPart,
): AsyncGenerator<ServedPart, void, undefined> {
  const left = new AbortController()
  const stop = joinSignals([...signals, left.signal])
  const parts = new PartQueue({ onLeave: () => left.abort() })
  void pump(() => source(stop), parts, failure).finally(() => stop.clear())
  yield* parts
}

/** Never rejects. */
async function pump(
  source: () => AsyncIterable<ServedPart>,
  parts: PartQueue,
  failure: (cause: unknown) => ServedPart,
): Promise<void> {
  let last: ServedPart | null = null
  try {
    for await (const part of source()) {
      if (part.type === 'end' || part.type === 'failed') last = part
      else parts.push(part)
      // A reader that has left holds nothing back.
      if (part.type === 'text') await parts.room(aheadUnits)
    }
    parts.push(last ?? failure('a generation ended without saying so'))
  } catch (cause) {
    parts.push(failure(cause))
  }
}
