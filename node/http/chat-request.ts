import { chatCompletionRequestSchema, defaultAnswerTokens, type ChatCompletionRequest } from './schemas.ts'
import { kithError } from '../contract/errors.ts'
import type { ChatTurn } from '../engines/engine.ts'
import { readBody } from './body.ts'
import { HttpRefusal } from './errors.ts'

/** A chat completion as the peer understands it. */
export interface ChatQuestion {
  readonly model: string
  readonly turns: readonly ChatTurn[]
  readonly maxTokens: number
  /** Whether the caller named no length, so that a limit may shorten the answer. */
  readonly mayShorten: boolean
  readonly temperature: number | undefined
  readonly isStream: boolean
  readonly wantsUsage: boolean
}

export function readChatRequest(body: unknown): ChatQuestion {
  const request = readBody(chatCompletionRequestSchema, body)
  refuseUnsupported(request)
  return {
    model: request.model,
    turns: request.messages.map((message, index) => turnOf(message, index)),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? defaultAnswerTokens,
    mayShorten: (request.max_completion_tokens ?? request.max_tokens ?? null) === null,
    temperature: request.temperature ?? undefined,
    isStream: request.stream === true,
    wantsUsage: request.stream === true && request.stream_options?.include_usage === true,
  }
}

/** What would silently change the answer if it were ignored. */
function refuseUnsupported(request: ChatCompletionRequest): void {
  if (request.tools?.length) refuse('tools', 'Kith does not call tools yet')
  if (request.functions?.length) refuse('functions', 'Kith does not call functions yet')
  if ((request.n ?? 1) > 1) refuse('n', 'Kith gives one answer to a question, so n must be 1')
  if (request.logprobs === true) refuse('logprobs', 'Kith gives no probabilities of tokens')
  if (request.modalities?.some((kind) => kind !== 'text')) refuse('modalities', 'Kith answers in text only')
  const format = request.response_format?.type ?? 'text'
  if (format !== 'text') refuse('response_format', 'Kith cannot hold a model to a format yet; ask for it in words')
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const

function turnOf(message: ChatCompletionRequest['messages'][number], index: number): ChatTurn {
  const at = `messages.${index}`
  if (!Object.hasOwn(roles, message.role)) {
    refuse(`${at}.role`, 'the role of a message is system, developer, user or assistant')
  }
  return { role: roles[message.role as keyof typeof roles], text: textOf(message.content, at) }
}

function textOf(content: ChatCompletionRequest['messages'][number]['content'], at: string): string {
  if (content === undefined || content === null) return refuse(`${at}.content`, 'a message needs content')
  if (typeof content === 'string') return content
  return content
    .map((part, index) => {
      if (part.type === 'text' && part.text !== undefined) return part.text
      return refuse(`${at}.content.${index}`, 'Kith understands parts of the type "text" only, no images or files')
    })
    .join('\n')
}

function refuse(param: string, reason: string): never {
  throw new HttpRefusal(kithError('bad_request', { reason }), param)
}
