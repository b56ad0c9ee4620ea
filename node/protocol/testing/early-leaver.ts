import type { GenerationPort, PromptRequest, ServedPart } from '../messages/generation.ts'

/** How a caller leaves: it stops politely, or goes without a word. */
export type Leaving = 'stops' | 'goes'

/** When a caller leaves: at a kind of part, or at the part with this number. */
export type LeaveAt = ServedPart['type'] | number

/** A caller that leaves as soon as it has what it wants. Returns the parts it heard. */
export async function leaveEarly(
  port: GenerationPort,
  request: PromptRequest,
  leaveAt: LeaveAt,
  how: Leaving = 'stops',
): Promise<ServedPart[]> {
  const leaving = new AbortController()
  const heard: ServedPart[] = []
  for await (const part of port.ask(request, leaving.signal)) {
    heard.push(part)
    if (part.type !== leaveAt && heard.length - 1 !== leaveAt) continue
    if (how === 'goes') break
    leaving.abort()
  }
  return heard
}
