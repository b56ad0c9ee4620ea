import type { KithError } from '../contract/errors.ts'
import type { ChatTurn } from '../engines/engine.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { newRequestId } from './request-id.ts'

const maxTries = 4
/** Of the context, what a shortened conversation may take: the answer needs room, and its length was estimated. */
const usableShare = 0.75

/**
 * Asks with the whole conversation, and with less of it where it is too long for the model: the oldest messages are left
 * out. That is for people, who are told how many; programs are told that it is too long.
 */
export async function* askFitting(
  gateway: GenerationPort,
  request: PromptRequest,
  signal: AbortSignal,
  onLeftOut: (messages: number) => void,
): AsyncGenerator<ServedPart, void, undefined> {
  let asked = request
  for (let tries = 1; ; tries++) {
    let shorter: readonly ChatTurn[] | null = null
    for await (const part of gateway.ask(asked, signal)) {
      if (part.type === 'failed' && tries < maxTries) shorter = shorterTurns(asked.turns, part.error)
      if (!shorter) yield part
    }
    if (!shorter) return
    onLeftOut(request.turns.length - shorter.length)
    asked = { ...request, requestId: newRequestId(), turns: shorter }
  }
}

/** The newest turns that should fit where all of them were too long; null where the last question alone is. */
export function shorterTurns(turns: readonly ChatTurn[], { code, details }: KithError): readonly ChatTurn[] | null {
  if (code !== 'context_too_long' || turns.length < 2) return null
  const { limit, tokens } = details
  const share = typeof limit === 'number' && typeof tokens === 'number' ? limit / tokens : 1
  let room = turns.reduce((sum, { text }) => sum + text.length, 0) * Math.min(1, share) * usableShare
  // At least one turn goes.
  let first = turns.length - 1
  room -= turns[first]?.text.length ?? 0
  for (; first > 1 && room >= (turns[first - 1]?.text.length ?? 0); first--) room -= turns[first - 1]?.text.length ?? 0
  // An answer whose question is gone would be the first thing the model reads.
  while (first < turns.length - 1 && turns[first]?.role === 'assistant') first++
  return turns.slice(first)
}
