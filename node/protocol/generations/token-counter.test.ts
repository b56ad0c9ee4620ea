import { describe, expect, it } from 'vitest'
import { kithError } from '../../contract/errors.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { TokenUsage } from '../../engines/engine.ts'
import type { ServedPart } from '../messages/generation.ts'
import { PromptEstimates } from './prompt-estimates.ts'
import { TokenCounter, type TokenCount } from './token-counter.ts'

const machine = 'ab'.repeat(32) as DeviceId

interface Played {
  readonly prompt?: string
  readonly text?: readonly string[]
  /** Tokens that each piece of text is said to be. */
  readonly told?: number
  readonly maxTokens?: number
  readonly silentParts?: number
  /** How long the machine took. */
  readonly lastedMs?: number
  readonly last?: ServedPart
  readonly leaves?: boolean
}

function counterOf({ prompt = 'hello', maxTokens = 100_000, lastedMs = 0, ...played }: Played): TokenCounter {
  let nowMs = 0
  const request = { model: 'm', turns: [{ role: 'user' as const, text: prompt }], maxTokens }
  const counter = new TokenCounter({ request, machine, estimates: new PromptEstimates(), nowMs: () => nowMs })
  counter.follow({ type: 'accepted', deviceId: machine, machineName: 'M', place: 0 })
  counter.follow({ type: 'reading' })
  for (let index = 0; index < (played.silentParts ?? 0); index++) counter.follow({ type: 'reasoning', tokens: 1 })
  for (const text of played.text ?? []) counter.follow({ type: 'text', text, tokens: played.told ?? 1 })
  nowMs = lastedMs
  if (played.leaves) counter.leave()
  if (played.last) counter.follow(played.last)
  return counter
}

const said = (promptTokens: number, completionTokens: number): ServedPart => ({
  type: 'end',
  reason: 'stop',
  usage: { promptTokens, completionTokens },
})
const counted = (played: Played): TokenCount => counterOf(played).count()
const pieces = (text: string, tokens: number): string[] =>
  Array.from({ length: tokens }, (_, index) => {
    const at = (part: number): number => Math.floor((part * text.length) / tokens)
    return text.slice(at(index), at(index + 1))
  })

/** Texts with the tokens that o200k, cl100k, p50k, Llama 2 and Llama 3 make of them: the fewest, and the most. */
const measured: readonly [what: string, text: string, fewest: number, most: number][] = [
  ['English of long words', 'administrative responsibilities notwithstanding, '.repeat(40), 172, 255],
  ['code', '      if (candidate.kind === "local") return candidate\n'.repeat(40), 480, 780],
  ['Hindi', 'सरकार ने कहा कि यह निर्णय महत्वपूर्ण है। '.repeat(20), 170, 1_200],
  ['Chinese', '中华人民共和国国务院办公厅关于进一步加强食品安全工作的通知。'.repeat(10), 145, 590],
  ['emoji', '👩🏽🏳️🧬💧'.repeat(50), 480, 1_000],
  ['emoji in a row', '😀'.repeat(600), 600, 2_400],
  ['signs at random', 'qX#7!zJ@|w'.repeat(100), 700, 930],
  ['digits', '3141592653'.repeat(100), 333, 1_000],
  ['spaces', ' '.repeat(4_000), 32, 252],
  ['a rule', '-'.repeat(4_000), 62, 253],
  ['lines', '\r\n'.repeat(2_000), 500, 4_000],
  ['signs that alternate', '=-'.repeat(1_000), 125, 1_000],
]

describe('honest engines are believed, whatever they generate', () => {
  it.each(measured)('%s', (_, text, fewest, most) => {
    for (const tokens of [fewest, most]) {
      const expected = { promptTokens: 12, completionTokens: tokens, countedBy: 'engine', said: null }
      // A server may send several tokens at once, or all of them.
      for (const chunks of [Math.min(tokens, text.length), 10, 1]) {
        expect(counted({ text: pieces(text, chunks), last: said(12, tokens) })).toEqual(expected)
      }
      expect(counted({ prompt: text, text: ['ok'], last: said(tokens + 70, 1) })).toMatchObject({
        promptTokens: tokens + 70,
        countedBy: 'engine',
        said: null,
      })
    }
  })

  it('also one long word, nothing at all, and an end token more than was allowed', () => {
    expect(counted({ text: ['internationalization'], last: said(12, 1) }).said).toBeNull()
    expect(counted({ last: said(12, 0) })).toMatchObject({ promptTokens: 12, completionTokens: 0, said: null })
    expect(counted({ last: said(12, 1) }).said).toBeNull()
    expect(counted({ maxTokens: 10, text: pieces('ten words', 9), last: said(12, 11) }).said).toBeNull()
  })

  it('also what they have thought and did not show', () => {
    const text = ['yes']
    // Ollama says it token by token, others in pieces or not at all; it takes time, and then it is counted.
    expect(counted({ text, silentParts: 3_000, last: said(12, 3_001) })).toMatchObject({ completionTokens: 3_001 })
    expect(counted({ text, silentParts: 800, last: said(12, 3_001) })).toMatchObject({ said: null })
    expect(counted({ text, lastedMs: 2_000, last: said(12, 8_000) })).toMatchObject({
      completionTokens: 8_000,
      said: null,
    })
    expect(counted({ text, last: said(12, 8_000) }).said).not.toBeNull()
  })

  it('also a long system text of their own, in front of a short prompt', () => {
    expect(counted({ text: ['ok'], last: said(3_000, 1) })).toMatchObject({ promptTokens: 3_000, said: null })
  })

  it.each([0, 5, 20])(
    'also one that has the prompt in memory and counts %i tokens of it: the estimate stands',
    (tokens) => {
      const prompt = 'words that were read before '.repeat(100)
      const count = counted({ prompt, text: pieces('an answer', 2), last: said(tokens, 2) })
      expect(count).toMatchObject({ completionTokens: 2, countedBy: 'stream', said: null })
      expect(count.promptTokens).toBeGreaterThan(600)
    },
  )
})

describe('what cannot be true is not believed', () => {
  const text = pieces('twenty tokens of text that anybody can see, and no more than that.', 20)
  const lies: readonly [string, TokenUsage][] = [
    ['too much', { promptTokens: 12, completionTokens: 5_000_000 }],
    ['a prompt of too much', { promptTokens: 5_000_000, completionTokens: 20 }],
    ['the largest number', { promptTokens: Number.MAX_SAFE_INTEGER, completionTokens: 20 }],
    ['less than nothing', { promptTokens: 12, completionTokens: -1 }],
    ['half a token', { promptTokens: 12, completionTokens: 20.5 }],
    ['no number', { promptTokens: NaN, completionTokens: 20 }],
    ['1.8e19', { promptTokens: 1.8e19, completionTokens: 1.8e19 }],
    ['more than was allowed', { promptTokens: 12, completionTokens: 117 }],
  ]
  it.each(lies)('%s', (_, usage) => {
    const count = counted({ text, maxTokens: 100, last: { type: 'end', reason: 'stop', usage } })
    expect(count).toMatchObject({ completionTokens: 20, countedBy: 'stream' })
    expect(count.promptTokens).toBeGreaterThan(0)
    const { promptTokens = -1, completionTokens = -1 } = count.said ?? {}
    for (const number of [promptTokens, completionTokens])
      expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
  })

  it('nothing, for much text; for little, the estimate stands without a word', () => {
    const long = pieces('words and words and words '.repeat(40), 200)
    expect(counted({ text: long, last: said(0, 0) })).toMatchObject({
      completionTokens: 200,
      said: { completionTokens: 0 },
    })
    expect(counted({ text, last: said(0, 0) })).toMatchObject({ completionTokens: 20, said: null })
  })

  it('a receipt of nothing for text that came, though an engine may say nothing', () => {
    const counter = counterOf({ text: ['a few words'], last: said(0, 0) })
    expect(counter.differing({ promptTokens: 0, completionTokens: 0 })).toBe('promptTokens')
    expect(counter.differing({ promptTokens: 70, completionTokens: 0 })).toBe('completionTokens')
    const failed = counterOf({ last: { type: 'failed', error: kithError('stopped'), usage: null } })
    expect(failed.differing({ promptTokens: 0, completionTokens: 0 })).toBeNull()
  })

  it('nor what is said of each piece: where it cannot be true, four bytes are a token', () => {
    const long = 'words and words and words '.repeat(40)
    expect(counted({ text: [long], told: 0 }).completionTokens).toBe(Math.ceil(long.length / 4))
    expect(counted({ text: [long], told: 1e15 }).completionTokens).toBe(long.length + 16)
    expect(counted({ text: [long], told: NaN }).completionTokens).toBe(Math.ceil(long.length / 4))
  })
})

describe('who pays', () => {
  const failed: ServedPart = {
    type: 'failed',
    error: kithError('engine_crashed'),
    usage: { promptTokens: 500, completionTokens: 9 },
  }

  it('nobody pays for a machine that failed before its first word, whatever it says it did', () => {
    expect(counted({ last: failed })).toMatchObject({ promptTokens: 0, completionTokens: 0 })
    expect(counterOf({ last: failed }).settled(failed as never)).toMatchObject({ usage: null })
    const stopped: ServedPart = { type: 'end', reason: 'stopped', usage: { promptTokens: 500, completionTokens: 9 } }
    expect(counted({ last: stopped })).toMatchObject({ promptTokens: 0, completionTokens: 0 })
  })

  it('a caller that left pays, before and after the first word, whatever came last', () => {
    const stopped: ServedPart = { type: 'end', reason: 'stopped', usage: { promptTokens: 0, completionTokens: 0 } }
    for (const last of [failed, stopped, undefined]) {
      const played = { prompt: '#'.repeat(900), leaves: true, ...(last ? { last } : {}) }
      expect(counted(played).promptTokens).toBeGreaterThanOrEqual(last === failed ? 500 : 900)
      expect(counted({ ...played, text: pieces('some words', 5) }).completionTokens).toBeGreaterThanOrEqual(5)
    }
  })

  it('a machine that is lost in the middle is no liar: what was seen stands, and the prompt as it may have been', () => {
    const lost: ServedPart = { type: 'failed', error: kithError('machine_lost', { machine: 'M' }), usage: null }
    const prompt = 'words that were read '.repeat(100)
    const count = counted({ prompt, text: pieces('some words', 5), last: lost })
    expect(count).toMatchObject({ completionTokens: 5, countedBy: 'stream', said: null })
    expect(count.promptTokens).toBeGreaterThanOrEqual(prompt.length)
  })
})

describe('an answer ends at what was set aside', () => {
  it('to the character, and never in the middle of one', () => {
    const counter = counterOf({ maxTokens: 10 })
    expect(counter.follow({ type: 'text', text: 'abcdefgh', tokens: 8 })).toMatchObject({ text: 'abcdefgh' })
    expect(counter.isSpent).toBe(false)
    expect(counter.follow({ type: 'text', text: '😀😀😀😀', tokens: 4 })).toEqual({
      type: 'text',
      text: '😀😀',
      tokens: 2,
    })
    expect(counter.isSpent).toBe(true)
    expect(counter.follow({ type: 'text', text: 'more', tokens: 1 })).toBeNull()
    expect(counter.count().completionTokens).toBe(10)
  })

  it('but not before: what keeps to its limit is let go on to its end', () => {
    const counter = counterOf({ maxTokens: 20, text: pieces('as many tokens as it was allowed to make', 20) })
    expect(counter.isSpent).toBe(false)
    counter.follow(said(12, 20))
    expect(counter.count()).toMatchObject({ completionTokens: 20, countedBy: 'engine' })
  })
})
