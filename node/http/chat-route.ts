import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refusalOfModel } from '../access/keys.ts'
import { joinSignals } from '../base/joined-signal.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import type { ChatCompletion } from './schemas.ts'
import type { PoolId } from '../contract/ids.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import { callerOf, needsCaller } from './auth.ts'
import { AnswerProgress, type GenerationEnd } from './chat-answer.ts'
import { readChatRequest, type ChatQuestion } from './chat-request.ts'
import { ChunkWriter } from './chat-stream.ts'
import { errorBody, HttpRefusal } from './errors.ts'
import type { LocalApiOptions, Principal } from './local-api-options.ts'
import { answerHeaders, contextOf } from './request-context.ts'
import { EventStream } from './sse.ts'

/** `POST /v1/chat/completions`. `closing` fires when the server stops. */
export function addChatRoute(app: FastifyInstance, options: LocalApiOptions, closing: AbortSignal): void {
  const onRequest = needsCaller(options, closing, 'inference')
  app.post('/v1/chat/completions', { onRequest }, async (request, reply) => {
    const question = readChatRequest(request.body)
    const left = new AbortController()
    const stop = joinSignals([left.signal, closing])
    reply.raw.on('close', () => {
      if (!reply.raw.writableFinished) left.abort()
    })
    const run: ChatRun = {
      request,
      reply,
      question,
      options,
      signal: stop,
      prompt: promptOf(request, question, options),
    }
    /** Whoever left is told nothing; whoever is cut off is told why. */
    const reasonOf = (error: KithError): KithError =>
      closing.aborted ? kithError('shutting_down', { machine: 'This computer' }) : error
    try {
      return await (question.isStream ? streamAnswer(run, reasonOf) : wholeAnswer(run, reasonOf))
    } finally {
      stop.clear()
    }
  })
}

interface ChatRun {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly question: ChatQuestion
  readonly options: LocalApiOptions
  readonly signal: AbortSignal
  readonly prompt: PromptRequest
}

function promptOf(request: FastifyRequest, question: ChatQuestion, options: LocalApiOptions): PromptRequest {
  const caller = callerOf(request)
  const { model, turns, maxTokens, mayShorten, temperature } = question
  const refusal = refusalOfModel(caller.allowedModels, model)
  if (refusal) throw new HttpRefusal(refusal, 'model')
  return {
    requestId: contextOf(request).requestId,
    poolId: poolFor(caller, model, options),
    model,
    turns,
    maxTokens,
    ...(mayShorten ? { mayShorten } : {}),
    temperature,
    consumer: { accountId: caller.accountId, keyId: caller.keyId },
  }
}

/** A key asks its pool. A session asks the nearest pool that has the model. */
function poolFor(caller: Principal, model: string, options: LocalApiOptions): PoolId {
  const offered = options.models(caller).find(({ name }) => name === model)
  const poolId = caller.poolId ?? offered?.poolIds[0] ?? options.usualPool(caller)
  if (poolId === null) throw new HttpRefusal(kithError('pool_unknown'))
  return poolId
}

function headOf({ request, question }: ChatRun) {
  const id = `chatcmpl-${contextOf(request).requestId}`
  return { id, created: Math.floor(Date.now() / 1_000), model: question.model, wantsUsage: question.wantsUsage }
}

async function wholeAnswer(run: ChatRun, reasonOf: (error: KithError) => KithError): Promise<FastifyReply> {
  const { options, prompt, signal, request, reply } = run
  const { headers, requestId } = contextOf(request)
  const { id, created, model } = headOf(run)
  const progress = new AnswerProgress(headers)
  let content = ''
  for await (const part of options.ask(prompt, signal)) content += progress.take(part)
  const end = endOf(progress.conclude(requestId), signal)
  if (!end.isOk) throw new HttpRefusal(reasonOf(end.error))
  const completion: ChatCompletion = {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: end.finishReason,
      },
    ],
    usage: end.usage,
  }
  return reply.send(completion)
}

async function streamAnswer(run: ChatRun, reasonOf: (error: KithError) => KithError): Promise<FastifyReply> {
  const { options, prompt, signal, request, reply } = run
  const { headers, requestId } = contextOf(request)
  const stream = new EventStream(reply.raw, () => answerHeaders(request, options), options.keepAliveMs)
  try {
    const writer = new ChunkWriter(stream, headOf(run))
    const progress = new AnswerProgress(headers)
    for await (const part of options.ask(prompt, signal)) {
      const text = progress.take(part)
      if (text !== '') await writer.text(text)
    }
    const end = endOf(progress.conclude(requestId), signal)
    if (end.isOk) await writer.finish(end.finishReason, end.usage)
    else if (stream.isCommitted) await stream.data(errorBody(reasonOf(end.error)))
    else throw new HttpRefusal(reasonOf(end.error))
  } catch (cause) {
    if (!stream.isCommitted) throw cause
    // The status is out already, so that a fault of our own is told as any other end.
    options.log.error({ cause, requestId }, 'an answer over HTTP failed')
    await stream.data(errorBody(kithError('internal', { reference: requestId.slice(0, 8) })))
  } finally {
    stream.release()
  }
  stream.end()
  return reply.hijack()
}

/** An answer that was stopped from here is not complete, whatever the engine calls its end. */
function endOf(end: GenerationEnd, signal: AbortSignal): GenerationEnd {
  return signal.aborted ? { isOk: false, error: kithError('stopped') } : end
}
