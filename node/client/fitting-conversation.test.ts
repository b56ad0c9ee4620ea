import { describe, expect, it } from 'vitest'
import { kithError, type KithError } from '../contract/errors.ts'
import type { PoolId, RequestId } from '../contract/ids.ts'
import type { ChatTurn } from '../engines/engine.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { askFitting, shorterTurns } from './fitting-conversation.ts'

const never = new AbortController().signal
const ended: ServedPart = { type: 'end', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 } }

/** As many exchanges of ten characters a message, and a last question. */
function conversation(exchanges: number): ChatTurn[] {
  const said = Array.from({ length: exchanges }, (_, index): ChatTurn[] => [
    { role: 'user', text: `question ${index % 10}` },
    { role: 'assistant', text: `answer   ${index % 10}` },
  ])
  return [...said.flat(), { role: 'user', text: 'last one ?' }]
}

const tooLong = (limit: number, tokens: number): KithError => kithError('context_too_long', { limit, tokens })

/** Asks a model whose context holds so many characters. */
async function ask(turns: readonly ChatTurn[], contextLength: number) {
  const asked: PromptRequest[] = []
  const leftOut: number[] = []
  const parts: ServedPart[] = []
  const gateway = {
    async *ask(request: PromptRequest): AsyncGenerator<ServedPart> {
      asked.push(request)
      const length = request.turns.reduce((sum, { text }) => sum + text.length, 0)
      if (length > contextLength) yield { type: 'failed', error: tooLong(contextLength, length), usage: null }
      else yield* [{ type: 'text', text: 'yes', tokens: 1 } as const, ended]
    },
  }
  const request: PromptRequest = {
    ...{ requestId: 'ab'.repeat(16) as RequestId, poolId: 'aa'.repeat(32) as PoolId, model: 'm', maxTokens: 10 },
    turns,
  }
  for await (const part of askFitting(gateway, request, never, (count) => leftOut.push(count))) parts.push(part)
  return { asked, leftOut, parts }
}

describe('a conversation', () => {
  it('that fits is asked whole, once', async () => {
    const { asked, leftOut } = await ask(conversation(3), 1_000)
    expect(asked).toHaveLength(1)
    expect(leftOut).toEqual([])
  })

  it('that is too long loses its oldest messages, and says how many', async () => {
    const turns = conversation(50)
    const { asked, leftOut, parts } = await ask(turns, 300)
    expect(parts.map(({ type }) => type)).toEqual(['text', 'end'])
    const last = asked.at(-1)
    expect(last?.turns).toEqual(turns.slice(leftOut.at(-1)))
    expect(last?.turns[0]?.role).toBe('user')
    // Most of what fits is still there.
    expect(last?.turns.length).toBeGreaterThan(15)
    expect(new Set(asked.map(({ requestId }) => requestId)).size).toBe(asked.length)
  })

  it('whose last question alone is too long fails with both numbers', async () => {
    const turns: ChatTurn[] = [...conversation(2).slice(0, -1), { role: 'user', text: 'x'.repeat(500) }]
    const { parts, asked } = await ask(turns, 300)
    expect(parts).toEqual([{ type: 'failed', error: tooLong(300, 500), usage: null }])
    expect(asked.length).toBeLessThanOrEqual(4)
  })

  it('is shortened for no other failure, and by at least one message', () => {
    expect(shorterTurns(conversation(3), kithError('engine_refused', { engine: 'x', reason: 'y' }))).toBeNull()
    expect(shorterTurns(conversation(0), tooLong(1, 2))).toBeNull()
    // Numbers that make no sense, and none at all.
    for (const error of [tooLong(5, 1), kithError('context_too_long')]) {
      const shorter = shorterTurns(conversation(3), error)
      expect(shorter?.length).toBeLessThan(7)
      expect(shorter?.at(-1)?.text).toBe('last one ?')
    }
  })
})
