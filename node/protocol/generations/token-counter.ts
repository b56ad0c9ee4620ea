import type { DeviceId } from '../../contract/ids.ts'
import type { TokenUsage } from '../../engines/engine.ts'
import type { PromptRequest, ServedPart } from '../messages/generation.ts'
import { textBytesOf, type PromptEstimates } from './prompt-estimates.ts'
import { wholeCharacters } from './token-writer.ts'

/**
 * What is possible, measured on five tokenizers and texts from prose to emoji: a token holds 1 to 11.4 bytes, and at
 * most 16 UTF-16 units where a run of one character counts as four. Spaces and rules come to 125 bytes a token.
 */
const mostUnitsPerToken = 16
const usualBytesPerToken = 4
/** Short texts are not average: an answer of one long word is one token. */
const slackTokens = 16
/** What a template and a model's own system text may add to a prompt. */
const templateTokens = 4_096
const templateTokensPerTurn = 64
/** Tokens that are thought and not shown: those that came without text, and what a fast engine makes in the time. */
const unseenTokens = 256
const unseenTokensPerPart = 4
const unseenTokensPerMs = 5

type TextPart = Extract<ServedPart, { type: 'text' }>
type LastPart = Extract<ServedPart, { type: 'end' | 'failed' }>

/** What a generation has cost. */
export interface TokenCount extends TokenUsage {
  /** `stream`: what came through was counted, and what was asked estimated. */
  readonly countedBy: 'engine' | 'stream'
  /** What the machine said, where that cannot be true. */
  readonly said: TokenUsage | null
}

export interface TokenCounterOptions {
  readonly request: Pick<PromptRequest, 'model' | 'turns' | 'maxTokens'>
  /** The machine that generates. */
  readonly machine: DeviceId
  readonly estimates: PromptEstimates
  readonly nowMs?: () => number
}

/** The most tokens that a machine may say of a request and be believed. */
export function mostSayable({ turns, maxTokens }: Pick<PromptRequest, 'turns' | 'maxTokens'>): TokenUsage {
  return {
    promptTokens: textBytesOf(turns) + templateTokens + templateTokensPerTurn * turns.length,
    completionTokens: maxTokens + slackTokens,
  }
}

/**
 * Counts the tokens of one attempt from its parts. What a machine or an engine says of them is believed as far as it
 * is possible; where it is silent, or says what cannot be, the estimate stands.
 *
 * Both sides count alike, and what the processor says has passed its own counter. So no engine, however wild its
 * numbers, makes its machine a liar.
 */
export class TokenCounter {
  #maxTokens: number
  #isBegun = false
  #hasLeft = false
  #textBytes = 0
  /** UTF-16 units, with long runs of one character shortened. */
  #units = 0
  #toldTokens = 0
  #silentParts = 0
  #isSpent = false
  #last: LastPart | null = null
  readonly #startedMs: number
  #endedMs: number | null = null

  constructor(private readonly options: TokenCounterOptions) {
    this.#maxTokens = options.request.maxTokens
    this.#startedMs = this.#nowMs()
  }

  /** From here on the answer may be no longer than this. */
  limit(maxTokens: number): void {
    this.#maxTokens = Math.min(maxTokens, this.#maxTokens)
  }

  /** The caller has left: what was begun for it is its to pay. */
  leave(): void {
    this.#hasLeft ||= this.#last === null
  }

  /** Whether an engine works on it, or loads its model. */
  get isBegun(): boolean {
    return this.#isBegun
  }

  /** Whether more came than may be generated. The rest is cut off, and the generation is over. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /** Notes a part. Returns it as it may be passed on; null for text beyond the limit. */
  follow(part: ServedPart): ServedPart | null {
    switch (part.type) {
      case 'accepted':
        this.#isBegun ||= part.place === 0
        return part
      case 'loading':
      case 'reading':
        this.#isBegun = true
        return part
      case 'reasoning':
        // One for each part, whatever it says: what is not seen cannot be checked.
        this.#silentParts += 1
        this.#isBegun = true
        this.#isSpent ||= this.#tokens() > this.#maxTokens
        return part
      case 'text':
        this.#isBegun = true
        return this.#text(part)
      case 'end':
      case 'failed':
        this.#last ??= part
        this.#endedMs ??= this.#nowMs()
        return part
      case 'receipt':
        return part
    }
  }

  /** Whether a machine can mean what it says of this generation. */
  isPossible({ promptTokens, completionTokens }: TokenUsage): boolean {
    const most = mostSayable({ ...this.options.request, maxTokens: this.#maxTokens })
    const lastedMs = (this.#endedMs ?? this.#nowMs()) - this.#startedMs
    const unseen = unseenTokens + unseenTokensPerPart * this.#silentParts + Math.ceil(unseenTokensPerMs * lastedMs)
    return (
      isCount(promptTokens) &&
      isCount(completionTokens) &&
      promptTokens <= most.promptTokens &&
      completionTokens <= Math.min(most.completionTokens, this.#textBytes + unseen) &&
      completionTokens + slackTokens >= this.#leastTokens()
    )
  }

  /** Which count of a receipt is not what was said and seen here; null where both are. */
  differing(usage: TokenUsage): keyof TokenUsage | null {
    const isFree = this.#isFree()
    // A machine counts what its engine leaves unsaid, so that zero is no silence of its engine but a lie of its own.
    if (!isFree && usage.promptTokens === 0) return 'promptTokens'
    if (!isFree && usage.completionTokens === 0 && this.#textBytes > 0) return 'completionTokens'
    const last = isFree ? { promptTokens: 0, completionTokens: 0 } : this.#last?.usage
    if (!last) return this.isPossible(usage) ? null : 'completionTokens'
    if (usage.promptTokens !== last.promptTokens) return 'promptTokens'
    return usage.completionTokens === last.completionTokens ? null : 'completionTokens'
  }

  /** The most tokens that may still be said of it: of an answer that was seen whole, no more than was counted. */
  bounds(): TokenUsage {
    const most = mostSayable(this.options.request)
    if (this.#last?.type !== 'end') return most
    const { promptTokens, completionTokens, countedBy } = this.count()
    return { promptTokens: countedBy === 'engine' ? promptTokens : most.promptTokens, completionTokens }
  }

  count(): TokenCount {
    const { estimates, request, machine } = this.options
    const usage = this.#last?.usage ?? null
    const isBelieved = usage !== null && this.isPossible(usage)
    // Text that a failure has overtaken is counted by the machine and not seen here.
    const said = usage && !isBelieved && this.#last?.type === 'end' ? sayable(usage) : null
    if (this.#isFree()) return { promptTokens: 0, completionTokens: 0, countedBy: 'stream', said }
    const isPromptCounted = isBelieved && this.#isWholePrompt(usage.promptTokens)
    const isAnswerCounted = isBelieved && (usage.completionTokens > 0 || this.#textBytes + this.#silentParts === 0)
    return {
      promptTokens: isPromptCounted ? usage.promptTokens : estimates.careful(request, machine),
      completionTokens: isAnswerCounted ? Math.max(usage.completionTokens, this.#leastTokens()) : this.#estimate(),
      countedBy: isPromptCounted && isAnswerCounted ? 'engine' : 'stream',
      said,
    }
  }

  /** The last part, with what was counted in the place of what was said; a failure that cost nothing says nothing. */
  settled(part: LastPart): LastPart {
    const { promptTokens, completionTokens, countedBy } = this.count()
    const usage = { promptTokens, completionTokens }
    if (countedBy === 'engine' && !this.#hasLeft)
      this.options.estimates.learn(this.options.request, this.options.machine, promptTokens)
    if (part.type === 'end') return { ...part, usage }
    return { ...part, usage: promptTokens + completionTokens > 0 ? usage : null }
  }

  #text(part: TextPart): TextPart | null {
    const before = Math.min(this.#tokens(), this.#maxTokens)
    this.#textBytes += Buffer.byteLength(part.text)
    this.#units += shortened(part.text).length
    const told = isCount(part.tokens) ? part.tokens : 0
    this.#toldTokens = Math.min(Number.MAX_SAFE_INTEGER, this.#toldTokens + told)
    const grown = this.#tokens() - before
    const room = this.#maxTokens - before
    if (grown <= room) return { ...part, tokens: told }
    this.#isSpent = true
    const text = part.text.slice(0, wholeCharacters(part.text, Math.floor((part.text.length * room) / grown)))
    return text === '' ? null : { type: 'text', text, tokens: room }
  }

  /** What it costs whoever asked: nothing where no work was begun, or where the machine failed before the first word. */
  #isFree(): boolean {
    if (!this.#isBegun) return true
    const isOfMachine = this.#last?.type === 'failed' || (this.#last?.type === 'end' && this.#last.reason === 'stopped')
    return isOfMachine && !this.#hasLeft && this.#textBytes === 0
  }

  /** Whether a count can be of the whole prompt: an engine that still has it in memory counts less, or nothing. */
  #isWholePrompt(promptTokens: number): boolean {
    if (promptTokens === 0) return false
    const { turns } = this.options.request
    const isEnough = (lengthOf: (text: string) => number): boolean =>
      promptTokens >= Math.floor(turns.reduce((sum, { text }) => sum + lengthOf(text), 0) / mostUnitsPerToken)
    return isEnough((text) => text.length) || isEnough((text) => shortened(text).length)
  }

  /** The fewest tokens that the text can be. */
  #leastTokens(): number {
    return Math.max(this.#textBytes > 0 ? 1 : 0, Math.floor(this.#units / mostUnitsPerToken))
  }

  /** What the answer has come to where nobody counted it; of pieces that hold many tokens each, by their size. */
  #estimate(): number {
    const isTold = this.#toldTokens >= this.#leastTokens()
    const tokens = isTold ? this.#tokens() : Math.ceil(this.#textBytes / usualBytesPerToken) + this.#silentParts
    return Math.min(tokens, this.#maxTokens)
  }

  /** The fewest tokens that came through here, by what was told of them as far as that is possible. */
  #tokens(): number {
    const told = Math.min(this.#toldTokens, this.#textBytes + slackTokens)
    return Math.max(told, this.#leastTokens()) + this.#silentParts
  }

  #nowMs(): number {
    return (this.options.nowMs ?? defaultNowMs)()
  }
}

const defaultNowMs = (): number => performance.now()

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** A text in which no run of one character, or of white space, is longer than four. */
function shortened(text: string): string {
  return text.length < 5 ? text : text.replace(/\s{5,}/g, '    ').replace(/(.)\1{4,}/gsu, '$1$1$1$1')
}

/** What was said, within the bounds of a record. */
function sayable(usage: TokenUsage): TokenUsage {
  const bounded = (value: number): number =>
    Number.isNaN(value) ? 0 : Math.round(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, value)))
  return { promptTokens: bounded(usage.promptTokens), completionTokens: bounded(usage.completionTokens) }
}
