import { kithError } from '../../contract/errors.ts'
import { joinSignals } from '../../base/joined-signal.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../messages/generation.ts'
import { DeadlineClock, type GenerationDeadlines } from './deadlines.ts'
import { PartQueue } from './part-queue.ts'

/** Puts the deadlines of a generation around a port that has none of its own: the processor of this computer. */
export function withGenerationDeadlines(
  port: GenerationPort,
  deadlines: GenerationDeadlines,
  machineName: () => string,
): GenerationPort {
  return { ask: (request, signal) => timed(port, deadlines, machineName, request, signal) }
}

async function* timed(
  port: GenerationPort,
  deadlines: GenerationDeadlines,
  machineName: () => string,
  request: PromptRequest,
  signal: AbortSignal,
): AsyncGenerator<ServedPart, void, undefined> {
  const stop = new AbortController()
  const joined = joinSignals([signal, stop.signal])
  const parts = new PartQueue({ onLeave: () => stop.abort() })
  const clock = new DeadlineClock(deadlines, machineName, (error) => {
    parts.push({ type: 'failed', error, usage: null })
    stop.abort()
  })
  clock.enter('accept')
  void pump(port.ask(request, joined), parts, clock)
  try {
    yield* parts
  } finally {
    clock.stop()
    joined.clear()
  }
}

/** Never rejects. */
async function pump(source: AsyncIterable<ServedPart>, parts: PartQueue, clock: DeadlineClock): Promise<void> {
  try {
    for await (const part of source) {
      enterFor(part, clock)
      parts.push(part)
      if (part.type === 'text') await parts.room(64 * 1024)
    }
  } catch {
    // A port that throws breaks its contract; whoever owns it has logged the bug.
    parts.push({ type: 'failed', error: kithError('internal', { reference: 'generation' }), usage: null })
  }
}

/** Starts the deadline of what comes after a part. A stage that comes again is a sign of life. */
export function enterFor(part: ServedPart, clock: DeadlineClock): void {
  switch (part.type) {
    case 'accepted':
      return clock.enter(part.place > 0 ? 'queue' : 'firstToken')
    case 'loading':
      return clock.enter('load')
    case 'reading':
      return clock.enter('firstToken')
    case 'receipt':
      return clock.restart()
    case 'end':
    case 'failed':
      return clock.stop()
    case 'reasoning':
    case 'text':
      return clock.enter('betweenTokens')
  }
}
