import type { FastifyReply } from 'fastify'
import { joinSignals } from '../base/joined-signal.ts'
import { kithError } from '../contract/errors.ts'
import { needsCaller } from './auth.ts'
import { promptOf } from './chat-prompt.ts'
import { replyWhole, replyWithStream, type ChatRun } from './chat-replies.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { chatCompletionRequestSchema } from './schemas.ts'
import type { TypedServer } from './typed-server.ts'

/** `POST /v1/chat/completions`. `closing` fires when the server stops. */
export function addChatRoute(app: TypedServer, options: LocalApiOptions, closing: AbortSignal): void {
  const onRequest = needsCaller(options, closing, 'inference')
  app.post(
    '/v1/chat/completions',
    { onRequest, schema: { body: chatCompletionRequestSchema } },
    async (request, reply): Promise<FastifyReply> => {
      const { body } = request
      const prompt = promptOf(request, body, options)
      const left = new AbortController()
      const stop = joinSignals([left.signal, closing])
      reply.raw.on('close', () => {
        if (!reply.raw.writableFinished) left.abort()
      })
      const run: ChatRun = {
        reply,
        options,
        prompt,
        signal: stop,
        wantsUsage: body.stream_options?.include_usage === true,
        // A caller that has left reads nothing; one that this server cuts off gets the reason.
        reasonOf: (error) => (closing.aborted ? kithError('shutting_down', { machine: 'This computer' }) : error),
      }
      try {
        return await (body.stream === true ? replyWithStream(run) : replyWhole(run))
      } finally {
        stop.clear()
      }
    },
  )
}
