import { fail, ok, type Result } from '../contract/result.ts'
import type { AppState, EngineSlots, Model } from '../contract/state.ts'
import type { Engine } from './engine.ts'
import type { LlamaEngine } from './llama/llama-engine.ts'
import { defaultOllamaSlots, type OllamaEngine } from './ollama/ollama-engine.ts'
import { defaultServerSlots, OpenAiEngine } from './openai/openai-engine.ts'
import { parseServerUrl } from './openai/server-url.ts'

const maxServers = 8

/** The engines of this computer, the models each listed last, and which engine owns a model name. */
export class HubEngines {
  readonly #embedded: LlamaEngine
  readonly #ollama: OllamaEngine
  #servers: readonly OpenAiEngine[] = []
  #slots: EngineSlots = {}
  #owners = new Map<string, Engine>()
  #models: readonly Model[] = []

  constructor(embedded: LlamaEngine, ollama: OllamaEngine) {
    this.#embedded = embedded
    this.#ollama = ollama
  }

  models(): readonly Model[] {
    return this.#models
  }

  engineFor(model: string): Engine | null {
    return this.#owners.get(model) ?? null
  }

  addServer(text: string, apiKey: string | null = null): Result<void> {
    const url = parseServerUrl(text)
    if (!url.ok) return url
    const known = this.#servers.find((server) => server.url === url.value)
    if (known && apiKey !== null) known.useKey(apiKey)
    if (known) return ok()
    if (this.#servers.length >= maxServers) return fail('url_invalid', { reason: `there are ${maxServers} already` })
    this.#servers = [...this.#servers, new OpenAiEngine({ url: url.value, apiKey })]
    this.setSlots(this.#slots)
    return ok()
  }

  /** How many requests each engine gets at once; one that is not named has its usual number. */
  setSlots(slots: EngineSlots): void {
    this.#slots = slots
    this.#ollama.slots = slots['ollama'] ?? defaultOllamaSlots
    for (const server of this.#servers) server.slots = slots[server.url] ?? defaultServerSlots
  }

  removeServer(text: string): Result<void> {
    const url = parseServerUrl(text)
    if (!url.ok) return url
    this.#servers = this.#servers.filter((server) => server.url !== url.value)
    return ok()
  }

  /** Lists the models of every engine. One that does not respond has none; its own state says so. */
  async refresh(signal: AbortSignal): Promise<void> {
    const ollama = async (): Promise<readonly Model[]> =>
      (await this.#ollama.detect(signal)).ok ? listed(this.#ollama, signal) : []
    const lists = await Promise.all([
      listed(this.#embedded, signal).then((models) => ({ engine: this.#embedded, models })),
      ollama().then((models) => ({ engine: this.#ollama, models })),
      ...this.#servers.map(async (server) => ({ engine: server, models: await listed(server, signal) })),
    ])
    const owners = new Map<string, Engine>()
    const models: Model[] = []
    for (const { engine, models: own } of lists) {
      for (const model of own) {
        // A model name belongs to one engine: the built-in one first, then Ollama, then servers in their order.
        if (owners.has(model.name)) continue
        owners.set(model.name, engine)
        models.push(model)
      }
    }
    this.#owners = owners
    this.#models = models
  }

  slice(): AppState['engines'] {
    const { state, version, url, slots } = this.#ollama
    return {
      ollama: { state, version, url, slots },
      embedded: this.#embedded.state,
      servers: this.#servers.map((server) => ({
        ...{ url: server.url, state: server.state, error: server.error },
        slots: server.slots,
        hasKey: server.hasKey,
      })),
    }
  }
}

async function listed(engine: Engine, signal: AbortSignal): Promise<readonly Model[]> {
  const models = await engine.listModels(signal)
  return models.ok ? models.value : []
}
