import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'

const mark = 'Generate: '
const wishSchema = z.object({
  /** Whose tokens they are, for the count. */
  tag: z.string(),
  tokens: z.number(),
  /** The text of each token; absent numbers them. */
  text: z.string().optional(),
  tokenMs: z.number(),
  firstTokenMs: z.number(),
  /** How many tokens the engine counts for the prompt; absent counts one for each word. */
  promptTokens: z.number().optional(),
  /** What it says that it has generated; absent says the truth. */
  saidTokens: z.number().optional(),
  /** Whether the engine generates more than `max_tokens` allows, as some do. */
  isUnbounded: z.boolean().optional(),
})
export type Wish = z.infer<typeof wishSchema>

const requestSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
})

/** The prompt that makes the engine generate so. */
export function questionFor(wish: Wish, before = ''): string {
  return `${before}${before === '' ? '' : '\n'}${mark}${JSON.stringify(wish)}`
}

/** What an engine has really done, whatever anybody says of it. */
export interface Spent {
  requests: number
  promptTokens: number
  completionTokens: number
}

/** An OpenAI-compatible server that computes nothing: it does as the prompt says, and keeps the true count. */
export class EngineServer {
  readonly #spent = new Map<string, Spent>()

  private constructor(
    private readonly server: Server,
    readonly model: string,
    readonly url: string,
  ) {}

  static async start(model: string): Promise<EngineServer> {
    let serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> = () => Promise.resolve()
    const server = createServer((request, response) => void serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('The engine got no port')
    const engine = new EngineServer(server, model, `http://127.0.0.1:${address.port}`)
    serve = (request, response) => engine.#serve(request, response)
    return engine
  }

  spent(tag: string): Spent {
    const known = this.#spent.get(tag)
    if (known) return known
    const none = { requests: 0, promptTokens: 0, completionTokens: 0 }
    this.#spent.set(tag, none)
    return none
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/v1/models') {
      sendJson(response, 200, { object: 'list', data: [{ id: this.model }] })
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = requestSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    const question = body.success ? body.data.messages.at(-1)?.content : undefined
    if (!body.success || question === undefined || !question.includes(mark)) {
      sendJson(response, 400, { error: { message: 'no wish' } })
      return
    }
    const wish = wishSchema.parse(JSON.parse(question.slice(question.lastIndexOf(mark) + mark.length)))
    const asked = body.data.max_completion_tokens ?? body.data.max_tokens ?? wish.tokens
    const tokens = wish.isUnbounded ? wish.tokens : Math.min(wish.tokens, asked)
    const promptTokens = wish.promptTokens ?? question.split(/\s+/).length
    this.#generate(response, wish, tokens, promptTokens, this.spent(wish.tag))
  }

  #generate(response: ServerResponse, wish: Wish, tokens: number, promptTokens: number, spent: Spent): void {
    spent.requests += 1
    spent.promptTokens += promptTokens
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const beganMs = performance.now()
    let sent = 0
    let timer: NodeJS.Timeout | undefined
    const dueMs = (index: number): number => beganMs + wish.firstTokenMs + index * wish.tokenMs
    const sendDue = (): void => {
      for (const nowMs = performance.now(); sent < tokens && dueMs(sent) <= nowMs; sent += 1) {
        sendEvent(response, { choices: [{ index: 0, delta: { content: wish.text ?? `word${sent} ` } }] })
        spent.completionTokens += 1
      }
      if (sent < tokens) {
        timer = setTimeout(sendDue, Math.max(1, dueMs(sent) - performance.now()))
        return
      }
      sendEvent(response, {
        choices: [{ index: 0, delta: {}, finish_reason: tokens < wish.tokens ? 'length' : 'stop' }],
      })
      sendEvent(response, {
        choices: [],
        usage: { prompt_tokens: promptTokens, completion_tokens: wish.saidTokens ?? tokens },
      })
      response.end('data: [DONE]\n\n')
    }
    response.on('close', () => clearTimeout(timer))
    sendDue()
  }
}

function sendEvent(response: ServerResponse, value: unknown): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
