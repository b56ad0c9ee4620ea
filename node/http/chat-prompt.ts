import type { FastifyRequest } from 'fastify'
import { refusalOfModel } from '../access/keys.ts'
import { findNamed } from '../base/model-name.ts'
import { kithError } from '../contract/errors.ts'
import type { PoolId, RequestId } from '../contract/ids.ts'
import type { ChatTurn } from '../engines/engine.ts'
import { mostUnnamedTokens, type PromptRequest } from '../protocol/messages/generation.ts'
import { callerOf } from './auth.ts'
import { HttpRefusal } from './errors.ts'
import type { LocalApiOptions, OfferedModel, Principal } from './local-api-options.ts'
import type { ChatCompletionRequest } from './schemas.ts'

/** A chat completion as the gateway takes it. Refuses what is not supported and what the key does not allow. */
export function promptOf(
  request: FastifyRequest,
  body: ChatCompletionRequest,
  options: LocalApiOptions,
): PromptRequest {
  refuseUnsupported(body)
  const turns = body.messages.map((message, index) => turnOf(message, index))
  const caller = callerOf(request)
  const offered = findNamed(options.models(caller), body.model)
  const model = offered ?? { name: body.model, engine: null }
  const refusal = refusalOfModel(caller.allowedModels, model)
  if (refusal) throw new HttpRefusal(refusal, 'model')
  return {
    requestId: request.id as RequestId,
    poolId: poolFor(caller, offered, options),
    model: model.name,
    turns,
    ...lengthOf(body),
    temperature: body.temperature ?? undefined,
    ...samplingOf(body),
    consumer: { accountId: caller.accountId, keyId: caller.keyId },
  }
}

/** Where the caller named no length the model has its own, and a limit may shorten it. */
function lengthOf(body: ChatCompletionRequest): Pick<PromptRequest, 'maxTokens' | 'mayShorten'> {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? -1
  return maxTokens === -1 ? { maxTokens: mostUnnamedTokens, mayShorten: true } : { maxTokens }
}

function samplingOf(body: ChatCompletionRequest): Pick<PromptRequest, 'sampling'> {
  const stop = [body.stop ?? []].flat().filter((text) => text !== '')
  const sampling = {
    topP: body.top_p ?? undefined,
    seed: body.seed ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    stop: stop.length > 0 ? stop : undefined,
  }
  return Object.values(sampling).some((value) => value !== undefined) ? { sampling } : {}
}

/** A key uses its own pool. A session uses the nearest pool that has the model. */
function poolFor(caller: Principal, offered: OfferedModel | null, options: LocalApiOptions): PoolId {
  const poolId = caller.poolId ?? offered?.poolIds[0] ?? options.usualPool(caller)
  if (poolId === null) throw new HttpRefusal(kithError('pool_unknown'))
  return poolId
}

/** Refuses fields that would silently change the completion if they were ignored. */
function refuseUnsupported(body: ChatCompletionRequest): void {
  if (body.tools?.length) refuse('tools', 'Kith does not call tools yet')
  if (body.functions?.length) refuse('functions', 'Kith does not call functions yet')
  if ((body.n ?? 1) > 1) refuse('n', 'Kith gives one answer to a question, so n must be 1')
  if (body.logprobs === true) refuse('logprobs', 'Kith gives no probabilities of tokens')
  if (body.modalities?.some((kind) => kind !== 'text')) refuse('modalities', 'Kith answers in text only')
  const format = body.response_format?.type ?? 'text'
  if (format !== 'text') refuse('response_format', 'Kith cannot hold a model to a format yet; ask for it in words')
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const

function turnOf(message: ChatCompletionRequest['messages'][number], index: number): ChatTurn {
  const at = `messages.${index}`
  if (!Object.hasOwn(roles, message.role)) {
    refuse(`${at}.role`, 'the role of a message is system, developer, user or assistant')
  }
  const role = roles[message.role as keyof typeof roles]
  // An answer that held nothing but calls of tools has no text.
  if (role === 'assistant' && (message.content ?? null) === null) return { role, text: '' }
  return { role, text: textOf(message.content, at) }
}

function textOf(content: ChatCompletionRequest['messages'][number]['content'], at: string): string {
  if (content === undefined || content === null) return refuse(`${at}.content`, 'a message needs content')
  if (typeof content === 'string') return content
  return content
    .map((part, index) => {
      if (part.type === 'text' && typeof part.text === 'string') return part.text
      return refuse(`${at}.content.${index}`, 'Kith understands parts of the type "text" only, no images or files')
    })
    .join('\n')
}

function refuse(param: string, reason: string): never {
  throw new HttpRefusal(kithError('bad_request', { reason }), param)
}
