import { z } from 'zod'
import { healthy, type Health } from '../../base/facility.ts'
import { joinSignals } from '../../base/joined-signal.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { Model } from '../../contract/state.ts'
import type { GenerationPart, ChatRequest, Engine, EngineSign } from '../engine.ts'
import { ollamaClient } from './ollama-client.ts'
import { readTooLong } from '../too-long.ts'
import { isRefusal, ollamaError, unavailable } from './ollama-errors.ts'
import { loadedModels, OllamaModels } from './ollama-models.ts'
import { optionsOf } from './ollama-parameters.ts'

const callDeadlineMs = 5_000
const lookDeadlineMs = 4_000
const unloadDeadlineMs = 10_000

/** Ollama computes one answer at a time unless its own settings say more, which it does not tell. */
export const defaultOllamaSlots = 1

/** A number that is no count is none: the text is good all the same. */
const count = z.number().int().nonnegative().optional().catch(undefined)
const chunkSchema = z.object({
  message: z.object({ content: z.string(), thinking: z.string().optional() }),
  done: z.boolean(),
  done_reason: z.string().optional(),
  prompt_eval_count: count,
  eval_count: count,
})

export type OllamaState = 'checking' | 'running' | 'not_found'

/** Ollama on this computer, or wherever OLLAMA_HOST says. Only chat and listing are reachable through Kith. */
export class OllamaEngine implements Engine {
  readonly name = 'ollama'
  readonly label = 'Ollama'
  slots = defaultOllamaSlots
  readonly url: string
  readonly #models = new OllamaModels()
  #listed: readonly Model[] = []
  state: OllamaState = 'checking'
  version: string | null = null

  constructor(options: { url: string }) {
    this.url = options.url
  }

  async detect(signal: AbortSignal): Promise<Result<{ version: string }>> {
    const bounded = joinSignals([signal], callDeadlineMs)
    try {
      const client = ollamaClient(this.url, bounded)
      const { version } = z.object({ version: z.string() }).parse(await client.version())
      this.state = 'running'
      this.version = version.slice(0, 40)
      return ok({ version: this.version })
    } catch {
      // Anything that does not respond like Ollama counts as not found; the state says so.
      this.state = 'not_found'
      this.version = null
      this.#listed = []
      return { ok: false, error: unavailable() }
    } finally {
      bounded.clear()
    }
  }

  async listModels(signal: AbortSignal): Promise<Result<readonly Model[]>> {
    const bounded = joinSignals([signal], callDeadlineMs)
    try {
      this.#listed = await this.#models.list(ollamaClient(this.url, bounded))
      return ok(this.#listed)
    } catch (cause) {
      return { ok: false, error: ollamaError(cause, '', false) }
    } finally {
      bounded.clear()
    }
  }

  async *chat(request: ChatRequest): AsyncGenerator<GenerationPart> {
    const { model, signal } = request
    // A reader that leaves early must free the engine too.
    const left = new AbortController()
    const stop = joinSignals([signal, left.signal])
    let madeTokens = 0
    let hasStarted = false
    yield { type: this.#isLoaded(model) ? 'reading' : 'loading' }
    try {
      const client = ollamaClient(this.url, stop)
      const asked = {
        model,
        messages: request.turns.map((turn) => ({ role: turn.role, content: turn.text })),
        stream: true,
        // Reasoning is not shown yet, and a model that only reasons would look stalled.
        think: false,
        // The package knows neither: a conversation beyond the context is refused, before the answer and during it.
        truncate: false,
        shift: false,
        options: optionsOf(request, this.#models.parametersOf(model)),
      } as const
      const stream = await client.chat(asked)
      hasStarted = true
      for await (const message of stream) {
        const chunk = chunkSchema.parse(message)
        if (chunk.message.content !== '') {
          madeTokens += 1
          yield { type: 'text', text: chunk.message.content, tokens: 1 }
        } else if (chunk.message.thinking) yield { type: 'reasoning', tokens: 1 }
        if (chunk.done) {
          const usage = { promptTokens: chunk.prompt_eval_count ?? 0, completionTokens: chunk.eval_count ?? madeTokens }
          yield { type: 'end', reason: chunk.done_reason === 'length' ? 'length' : 'stop', usage }
          return
        }
      }
      yield { type: 'failed', error: kithError('engine_stopped', { engine: this.label }), usage: null }
    } catch (cause) {
      // Ollama reports no counts for a stopped generation; each of its messages is one token.
      const usage = { promptTokens: 0, completionTokens: madeTokens }
      if (signal.aborted) yield { type: 'end', reason: 'stopped', usage }
      else {
        const error = (await this.#tooLong(cause, model)) ?? ollamaError(cause, model, hasStarted)
        yield { type: 'failed', error, usage: hasStarted ? usage : null }
      }
    } finally {
      left.abort()
      stop.clear()
    }
  }

  /** The refusal of a prompt that is too long; null for any other failure. Ollama itself says neither number. */
  async #tooLong(cause: unknown, model: string): Promise<KithError | null> {
    const said = isRefusal(cause) ? readTooLong(cause.message) : null
    if (!said) return null
    const limit = said.limitTokens ?? (await this.#contextOf(model))
    if (limit === null) return null
    const { promptTokens } = said
    return kithError('context_too_long', { limit, ...(promptTokens === null ? {} : { tokens: promptTokens }) })
  }

  async #contextOf(model: string): Promise<number | null> {
    const listed = this.#listed.find(({ name }) => name === model)?.contextTokens ?? null
    const bounded = joinSignals([], callDeadlineMs)
    try {
      return (await this.#models.loadedContext(ollamaClient(this.url, bounded), model)) ?? listed
    } catch {
      // Gone in between: what the model's file says is the next best.
      return listed
    } finally {
      bounded.clear()
    }
  }

  #isLoaded(model: string): boolean {
    return this.#listed.some((listed) => listed.name === model && listed.isLoaded)
  }

  /** Ollama names what it loads among what is loaded, so that only a model it does not name yet is surely not there. */
  async look(model: string, signal: AbortSignal): Promise<EngineSign | null> {
    const bounded = joinSignals([signal], lookDeadlineMs)
    try {
      return (await loadedModels(ollamaClient(this.url, bounded))).has(model) ? 'there' : 'loading'
    } catch {
      // One that does not respond shows no sign of life.
      return null
    } finally {
      bounded.clear()
    }
  }

  async unload(model: string): Promise<Result<void>> {
    const bounded = joinSignals([], unloadDeadlineMs)
    try {
      const client = ollamaClient(this.url, bounded)
      await client.generate({ model, prompt: '', keep_alive: 0 })
      return ok()
    } catch (cause) {
      return { ok: false, error: ollamaError(cause, model, false) }
    } finally {
      bounded.clear()
    }
  }

  health(): Health {
    return this.state === 'not_found' ? { state: 'degraded', reason: 'Ollama is not running.' } : healthy
  }
}
