import { delay } from '../../base/deadline.ts'
import { healthy, type Health } from '../../base/facility.ts'
import { joinSignals } from '../../base/joined-signal.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { Model } from '../../contract/state.ts'
import type { GenerationPart, ChatRequest, Engine, EngineSign, Sampling } from '../engine.ts'
import { refusalText } from '../refusal-text.ts'
import { readTooLong, type RefusalFields } from '../too-long.ts'
import { chatChunkSchema, errorSchema, modelListSchema } from './openai-messages.ts'
import { serverEvents, StreamProblem } from './openai-stream.ts'

const listDeadlineMs = 5_000
const lookDeadlineMs = 4_000
/** How often a server that still loads its model is asked again. */
const loadingRetryMs = 1_000
const maxListBytes = 4 * 1024 * 1024

/** What llama-server takes of itself; others take more, and are set. */
export const defaultServerSlots = 4

/** An error response of the server. */
class ServerProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: RefusalFields = {},
  ) {
    super(message)
  }

  /** A llama-server that loads its model answers everything so. */
  get isLoading(): boolean {
    return this.status === 503 && /loading model/i.test(this.message)
  }
}

/** Refusals of the request itself, which another machine would refuse too. */
const refusalStatuses: readonly number[] = [400, 413, 422]

/** Any server that speaks the OpenAI API: llama-server, vLLM, LM Studio. */
export class OpenAiEngine implements Engine {
  readonly name = 'server'
  readonly label: string
  slots = defaultServerSlots
  readonly url: string
  state: 'checking' | 'running' | 'not_found' = 'checking'
  error: KithError | null = null
  /** Context sizes of the models, as the server listed them last. */
  #contexts: ReadonlyMap<string, number> = new Map()

  #apiKey: string | null

  /** `url` comes from `parseServerUrl`. */
  constructor(options: { url: string; apiKey?: string | null }) {
    this.url = options.url
    this.#apiKey = options.apiKey ?? null
    this.label = `The server at ${new URL(options.url).host}`
  }

  get hasKey(): boolean {
    return this.#apiKey !== null
  }

  /** From the next request on. */
  useKey(apiKey: string): void {
    this.#apiKey = apiKey
  }

  /** It goes to this address alone: redirects are errors. */
  #authorization(): Record<string, string> {
    return this.#apiKey === null ? {} : { authorization: `Bearer ${this.#apiKey}` }
  }

  async listModels(signal: AbortSignal): Promise<Result<readonly Model[]>> {
    const bounded = joinSignals([signal], listDeadlineMs)
    try {
      const { data } = modelListSchema.parse(JSON.parse(await this.#get('/v1/models', bounded)))
      this.state = 'running'
      this.error = null
      const models = data.map((model) => ({
        name: model.id,
        engine: 'server' as const,
        digest: '',
        sizeBytes: 0,
        contextTokens: model.max_model_len ?? model.meta?.n_ctx ?? null,
        isLoaded: true,
      }))
      this.#contexts = new Map(
        models.flatMap(({ name, contextTokens }) => (contextTokens ? [[name, contextTokens]] : [])),
      )
      return ok(models)
    } catch (cause) {
      this.state = 'not_found'
      this.error = this.#toError(cause, '', false, bounded.aborted)
      return { ok: false, error: this.error }
    } finally {
      bounded.clear()
    }
  }

  async *chat(request: ChatRequest): AsyncGenerator<GenerationPart> {
    // A reader that leaves early must free the server too.
    const left = new AbortController()
    const stop = joinSignals([request.signal, left.signal])
    let usage = { promptTokens: 0, completionTokens: 0 }
    let hasStarted = false
    let finish: string | null = null
    yield { type: 'reading' }
    try {
      let response = await this.#ask(request, stop)
      while (response === null) {
        yield { type: 'loading' }
        await delay(loadingRetryMs, stop)
        response = await this.#ask(request, stop)
      }
      hasStarted = true
      if (!response.body) throw new StreamProblem('its reply is empty')
      for await (const data of serverEvents(response.body)) {
        if (data === null) {
          yield { type: 'reading' }
          continue
        }
        const chunk = chatChunkSchema.parse(JSON.parse(data))
        if (chunk.error) throw new ServerProblem(500, chunk.error.message)
        const [choice] = chunk.choices
        const text = choice?.delta?.content ?? ''
        if (text !== '') {
          // Servers send one token per chunk; their own count at the end replaces this one.
          usage = { ...usage, completionTokens: usage.completionTokens + 1 }
          yield { type: 'text', text, tokens: 1 }
        } else if (choice?.delta?.reasoning_content || choice?.delta?.reasoning) {
          yield { type: 'reasoning', tokens: 1 }
        }
        finish = choice?.finish_reason ?? finish
        if (chunk.usage) {
          usage = { promptTokens: chunk.usage.prompt_tokens, completionTokens: chunk.usage.completion_tokens }
        }
      }
      if (finish) yield { type: 'end', reason: finish === 'length' ? 'length' : 'stop', usage }
      else yield { type: 'failed', error: kithError('engine_stopped', { engine: this.label }), usage }
    } catch (cause) {
      if (request.signal.aborted) yield { type: 'end', reason: 'stopped', usage }
      else
        yield {
          type: 'failed',
          error: this.#toError(cause, request.model, hasStarted),
          usage: hasStarted ? usage : null,
        }
    } finally {
      left.abort()
      stop.clear()
    }
  }

  /** Null while the server loads its model. */
  async #ask(request: ChatRequest, signal: AbortSignal): Promise<Response | null> {
    const response = await fetch(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...this.#authorization(), 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        model: request.model,
        messages: request.turns.map((turn) => ({ role: turn.role, content: turn.text })),
        max_tokens: request.maxTokens ?? undefined,
        temperature: request.temperature,
        ...samplersOf(request.sampling),
        stream: true,
        stream_options: { include_usage: true },
      }),
      redirect: 'error',
      signal,
    })
    if (response.ok) return response
    const problem = await problemOf(response)
    if (problem.isLoading) return null
    throw problem
  }

  async look(model: string, signal: AbortSignal): Promise<EngineSign | null> {
    const bounded = joinSignals([signal], lookDeadlineMs)
    try {
      const { data } = modelListSchema.parse(JSON.parse(await this.#get('/v1/models', bounded)))
      return data.find(({ id }) => id === model)?.status?.value === 'loading' ? 'loading' : 'there'
    } catch (cause) {
      if (!(cause instanceof ServerProblem)) return null
      return cause.isLoading ? 'loading' : 'there'
    } finally {
      bounded.clear()
    }
  }

  async #get(path: string, signal: AbortSignal): Promise<string> {
    const headers = this.#authorization()
    const response = await fetch(`${this.url}${path}`, { headers, signal, redirect: 'error' })
    if (!response.ok) throw await problemOf(response)
    return boundedText(response, maxListBytes)
  }

  #toError(cause: unknown, model: string, hasStarted: boolean, isCut = false): KithError {
    const engine = this.label
    if (cause instanceof ServerProblem) {
      if (cause.status === 404 && model !== '') return kithError('model_unknown', { model })
      if (cause.status === 429 || cause.status === 503) return kithError('queue_full', { machine: engine })
      // Some servers repeat the key they were sent.
      if (cause.status === 401 || cause.status === 403) {
        const reason = this.hasKey ? 'it does not take the key it was given' : 'it needs a key'
        return kithError('engine_failed', { engine, reason })
      }
      const reason = refusalText(cause.message, this.#apiKey === null ? [] : [this.#apiKey])
      if (model === '' || !refusalStatuses.includes(cause.status)) return kithError('engine_failed', { engine, reason })
      return this.#tooLong(cause, model) ?? kithError('engine_refused', { engine, reason })
    }
    if (isCut || cause instanceof TypeError) {
      if (hasStarted) return kithError('engine_stopped', { engine })
      return kithError('engine_unavailable', { engine, machine: 'this computer' })
    }
    const reason = cause instanceof StreamProblem ? cause.message : 'its reply is not in the form of the OpenAI API'
    return kithError('engine_failed', { engine, reason })
  }

  #tooLong({ message, fields }: ServerProblem, model: string): KithError | null {
    const said = readTooLong(message, fields)
    const limit = said?.limitTokens ?? this.#contexts.get(model) ?? null
    if (!said || limit === null) return null
    const { promptTokens } = said
    return kithError('context_too_long', { limit, ...(promptTokens === null ? {} : { tokens: promptTokens }) })
  }

  /** These servers keep the model they were started with. */
  unload(): Promise<Result<void>> {
    return Promise.resolve(ok())
  }

  health(): Health {
    return this.error ? { state: 'degraded', reason: this.error.message } : healthy
  }
}

/** In the names of the API; JSON leaves out what is undefined. */
function samplersOf({ topP, seed, presencePenalty, frequencyPenalty, stop }: Sampling = {}) {
  return { top_p: topP, seed, presence_penalty: presencePenalty, frequency_penalty: frequencyPenalty, stop }
}

async function boundedText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new StreamProblem('its reply is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function problemOf(response: Response): Promise<ServerProblem> {
  try {
    const { message, ...fields } = readProblem(await boundedText(response, 64 * 1024))
    return new ServerProblem(response.status, message.slice(0, 1_000), fields)
  } catch {
    // The body has no readable error: the status is all there is to report.
    return new ServerProblem(response.status, `it answered with status ${response.status}`)
  }
}

function readProblem(text: string): { message: string } & RefusalFields {
  return errorSchema.parse(JSON.parse(text)).error
}
