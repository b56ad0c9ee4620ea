import type { FastifyReply } from 'fastify'
import { kithError, type KithError } from '../contract/errors.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import { CompletionProgress, type CompletionEnd } from './chat-completion.ts'
import { ChunkWriter } from './chat-stream.ts'
import { errorBody, HttpRefusal } from './errors.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { streamHeaders } from './reply-headers.ts'
import type { ChatCompletion } from './schemas.ts'
import { EventStream } from './sse.ts'

/** One chat completion on its way to the caller. */
export interface ChatRun {
  readonly reply: FastifyReply
  readonly options: LocalApiOptions
  readonly prompt: PromptRequest
  readonly signal: AbortSignal
  /** Whether a stream ends with the totals. */
  readonly wantsUsage: boolean
  /** The failure as the caller sees it. */
  readonly reasonOf: (error: KithError) => KithError
}

/** Waits for the whole completion, then sends it. */
export async function replyWhole(run: ChatRun): Promise<FastifyReply> {
  const { options, prompt, signal, reply } = run
  const { id, created, model } = headOf(run)
  const progress = progressOf(run)
  let content = ''
  for await (const part of options.ask(prompt, signal)) content += progress.take(part)
  const end = endOf(progress, run)
  if (!end.isOk) throw new HttpRefusal(run.reasonOf(end.error))
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

/** Sends the completion as it comes. */
export async function replyWithStream(run: ChatRun): Promise<FastifyReply> {
  const { options, prompt, signal, reply, reasonOf } = run
  const { requestId } = prompt
  const stream = new EventStream(reply.raw, () => streamHeaders(reply, options), options)
  try {
    const writer = new ChunkWriter(stream, headOf(run))
    const progress = progressOf(run)
    for await (const part of options.ask(prompt, signal)) {
      const text = progress.take(part)
      if (text !== '') await writer.text(text)
    }
    const end = endOf(progress, run)
    if (end.isOk) await writer.finish(end.finishReason, end.usage)
    else if (stream.isCommitted) await stream.data(errorBody(reasonOf(end.error)))
    else throw new HttpRefusal(reasonOf(end.error))
  } catch (cause) {
    if (!stream.isCommitted) throw cause
    // The status is sent already, so an internal error can only be sent as an event.
    options.log.error({ cause, requestId }, 'a stream over HTTP failed')
    await stream.data(errorBody(kithError('internal', { reference: requestId.slice(0, 8) })))
  } finally {
    stream.release()
  }
  stream.end()
  return reply.hijack()
}

function headOf({ prompt, wantsUsage }: ChatRun) {
  const id = `chatcmpl-${prompt.requestId}`
  return { id, created: Math.floor(Date.now() / 1_000), model: prompt.model, wantsUsage }
}

function progressOf({ reply }: ChatRun): CompletionProgress {
  return new CompletionProgress((name, value) => void reply.header(name, value))
}

/** A completion that was stopped from here is incomplete, whatever the engine calls its end. */
function endOf(progress: CompletionProgress, { prompt, signal }: ChatRun): CompletionEnd {
  return signal.aborted ? { isOk: false, error: kithError('stopped') } : progress.conclude(prompt.requestId)
}
