import { LlamaChat, LlamaCompletion, type ChatHistoryItem, type Token } from 'node-llama-cpp'
import type { ChatTurn } from '../engine.ts'
import type { LoadedModel } from './llama-loader.ts'
import type { AskMessage } from './llama-messages.ts'

/** How many tokens before a new one can change how it is decoded. */
const recentTokens = 8

export interface GenerationEnd {
  readonly reason: 'stop' | 'length' | 'stopped'
  readonly promptTokens: number
  readonly completionTokens: number
}

export class ContextTooLong extends Error {
  constructor(
    readonly limitTokens: number,
    readonly promptTokens: number,
  ) {
    super(`${promptTokens} tokens exceed the context of ${limitTokens}`)
  }
}

/** Generates for one prompt with the loaded model, handing out text as it is made, and each piece of the prompt as read. */
export async function generate(
  loaded: LoadedModel,
  message: AskMessage,
  signal: AbortSignal,
  onText: (text: string, tokens: number) => void,
  onRead: () => void,
): Promise<GenerationEnd> {
  const { sequence, contextTokens } = loaded
  const { prompt } = message
  const history = prompt.kind === 'turns' ? toHistory(prompt.turns) : null
  const tokens = prompt.kind === 'text' ? textTokens(loaded, prompt.text) : historyTokens(loaded, history ?? [])
  // A model needs room for at least one token, and llama.cpp for the one it evaluates next.
  const roomTokens = contextTokens - tokens.length - 2
  if (roomTokens < 1) throw new ContextTooLong(contextTokens, tokens.length)

  const before = sequence.tokenMeter.getState()
  const ended = (reason: GenerationEnd['reason']): GenerationEnd => ({
    reason,
    promptTokens: tokens.length,
    completionTokens: sequence.tokenMeter.diff(before).usedOutputTokens,
  })
  if (!(await readPrompt(loaded, tokens, signal, onRead))) return ended('stopped')

  const { topP, seed } = message.sampling
  const options = {
    maxTokens: Math.min(message.maxTokens ?? roomTokens, roomTokens),
    temperature: message.temperature,
    ...(topP === undefined ? {} : { topP }),
    // llama.cpp counts seeds in 32 bits.
    ...(seed === undefined ? {} : { seed: seed >>> 0 }),
    repeatPenalty: penaltiesOf(message.sampling),
    customStopTriggers: prompt.kind === 'text' ? prompt.stops : [],
    signal,
    stopOnAbortSignal: true,
    onToken: textEmitter(loaded, tokens, message.trimsStart, onText),
  } as const
  const { metadata } = history
    ? await generateFromHistory(loaded, history, options)
    : await generateFromText(loaded, tokens, options)
  const { stopReason } = metadata
  return ended(stopReason === 'abort' ? 'stopped' : stopReason === 'maxTokens' ? 'length' : 'stop')
}

interface Penalties {
  readonly penalty: number
  readonly presencePenalty: number
  readonly frequencyPenalty: number
}

/** None unless asked for: they see only this attempt's tokens, so that a continued text would differ from a whole one. */
function penaltiesOf({ presencePenalty = 0, frequencyPenalty = 0 }: AskMessage['sampling']): false | Penalties {
  if (presencePenalty === 0 && frequencyPenalty === 0) return false
  return { penalty: 1, presencePenalty, frequencyPenalty }
}

interface GenerateOptions {
  readonly maxTokens: number
  readonly temperature: number
  readonly topP?: number
  readonly seed?: number
  readonly repeatPenalty: false | Penalties
  readonly customStopTriggers: readonly string[]
  readonly signal: AbortSignal
  readonly stopOnAbortSignal: true
  readonly onToken: (tokens: readonly Token[]) => void
}

type Generated = { readonly metadata: { readonly stopReason: string } }

async function generateFromText(
  loaded: LoadedModel,
  tokens: readonly Token[],
  options: GenerateOptions,
): Promise<Generated> {
  const completion = new LlamaCompletion({ contextSequence: loaded.sequence })
  try {
    // The token limit already keeps the text inside the context: no context shift is needed.
    const input = loaded.model.tokens.shouldPrependBosToken ? tokens.slice(1) : [...tokens]
    return await completion.generateCompletionWithMeta(input, {
      ...options,
      contextShiftSize: 1,
      disableContextShift: true,
    })
  } finally {
    completion.dispose()
  }
}

async function generateFromHistory(
  loaded: LoadedModel,
  history: ChatHistoryItem[],
  options: GenerateOptions,
): Promise<Generated> {
  const chat = new LlamaChat({ contextSequence: loaded.sequence, chatWrapper: loaded.chatWrapper })
  try {
    return await chat.generateResponse(history, options)
  } finally {
    chat.dispose()
  }
}

/** Evaluates the prompt in small batches, so that a stop is noticed between them. */
async function readPrompt(
  loaded: LoadedModel,
  tokens: readonly Token[],
  signal: AbortSignal,
  onRead: () => void,
): Promise<boolean> {
  const { sequence, promptBatchTokens } = loaded
  const head = tokens.slice(0, -1)
  await sequence.adaptStateToTokens(head, false)
  while (sequence.nextTokenIndex < head.length) {
    if (signal.aborted) return false
    const start = sequence.nextTokenIndex
    await sequence.evaluateWithoutGeneratingNewTokens(head.slice(start, start + promptBatchTokens))
    onRead()
  }
  return !signal.aborted
}

function textTokens(loaded: LoadedModel, text: string): Token[] {
  const { model } = loaded
  const tokens = model.tokenize(text, false)
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens
}

function historyTokens(loaded: LoadedModel, history: ChatHistoryItem[]): Token[] {
  const { contextText } = loaded.chatWrapper.generateContextState({ chatHistory: history })
  return contextText.tokenize(loaded.model.tokenizer)
}

function toHistory(turns: readonly ChatTurn[]): ChatHistoryItem[] {
  const history = turns.map((turn): ChatHistoryItem => {
    switch (turn.role) {
      case 'system':
        return { type: 'system', text: turn.text }
      case 'user':
        return { type: 'user', text: turn.text }
      case 'assistant':
        return { type: 'model', response: [turn.text] }
    }
  })
  if (history.at(-1)?.type !== 'model') history.push({ type: 'model', response: [] })
  return history
}

/**
 * Turns tokens into text with the tokens before them in view: some tokenizers drop the space in front of a
 * first word, which a continued text needs. A new text begins without leading spaces.
 */
function textEmitter(
  loaded: LoadedModel,
  promptTokens: readonly Token[],
  trimsStart: boolean,
  onText: (text: string, tokens: number) => void,
): (tokens: readonly Token[]) => void {
  let before = promptTokens.slice(-recentTokens)
  let silentTokens = 0
  let hasText = !trimsStart
  return (tokens) => {
    const made = loaded.model.detokenize([...tokens], false, before)
    before = [...before, ...tokens].slice(-recentTokens)
    silentTokens += tokens.length
    const text = hasText ? made : made.trimStart()
    if (text === '') return
    hasText = true
    onText(text, silentTokens)
    silentTokens = 0
  }
}
