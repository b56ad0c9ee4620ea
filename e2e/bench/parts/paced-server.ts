import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { paceOf, type Pace } from './pace.ts'

const requestSchema = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1) })

export interface PacedServer {
  readonly url: string
  readonly model: string
  stop(): Promise<void>
}

/**
 * An OpenAI-compatible server that computes nothing and keeps time.
 *
 * Each token is due at a time counted from the request, so a late one does not delay those after it.
 */
export async function startPacedServer(model: string): Promise<PacedServer> {
  const server = createServer((request, response) => {
    if (request.url === '/v1/models') sendJson(response, 200, { object: 'list', data: [{ id: model }] })
    else void answer(request, response)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    model,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedMs = performance.now()
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = requestSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
  const question = body.success ? body.data.messages.at(-1)?.content : undefined
  if (question === undefined) {
    sendJson(response, 400, { error: 'no messages' })
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  stream(response, paceOf(question), receivedMs)
}

function stream(response: ServerResponse, pace: Pace, receivedMs: number): void {
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  const dueMs = (index: number): number => receivedMs + pace.firstTokenMs + index * pace.tokenMs
  const sendDue = (): void => {
    for (const nowMs = performance.now(); sent < pace.tokens && dueMs(sent) <= nowMs; sent += 1) {
      sendEvent(response, { choices: [{ index: 0, delta: { content: `word${sent} ` } }] })
    }
    if (sent < pace.tokens) timer = setTimeout(sendDue, dueMs(sent) - performance.now())
    else end(response, pace.tokens)
  }
  response.on('close', () => clearTimeout(timer))
  sendDue()
}

function end(response: ServerResponse, tokens: number): void {
  sendEvent(response, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  sendEvent(response, { choices: [], usage: { prompt_tokens: 1, completion_tokens: tokens } })
  response.end('data: [DONE]\n\n')
}

function sendEvent(response: ServerResponse, value: unknown): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The paced server got no port')
  return address.port
}
