import type { Ollama } from 'ollama'
import { z } from 'zod'
import type { Model } from '../../contract/state.ts'
import { readParameters, type ModelParameters } from './ollama-parameters.ts'

const maxModels = 1_000
const maxRemembered = 2_000

const listSchema = z.object({
  models: z
    .array(z.object({ name: z.string().min(1).max(200), digest: z.string().max(128), size: z.number().nonnegative() }))
    .max(maxModels),
})

const showSchema = z.object({
  parameters: z.string().max(1_000_000).optional(),
  model_info: z.record(z.string(), z.unknown()).optional(),
  capabilities: z.array(z.string()).optional(),
})

const loadedSchema = z.object({
  models: z
    .array(z.object({ name: z.string(), context_length: z.number().int().positive().optional().catch(undefined) }))
    .max(maxModels),
})

interface Shown {
  readonly contextTokens: number | null
  readonly canChat: boolean
  readonly parameters: ModelParameters
}

/** The names of the models in memory. */
export async function loadedModels(client: Ollama): Promise<ReadonlySet<string>> {
  return new Set(listSchema.parse(await client.ps()).models.map((model) => model.name))
}

/** Lists Ollama's models; the details of a model are asked once for each digest. */
export class OllamaModels {
  readonly #shown = new Map<string, Shown>()
  /** What each listed model sets for itself. */
  #parameters: ReadonlyMap<string, ModelParameters> = new Map()

  async list(client: Ollama): Promise<readonly Model[]> {
    const [listed, loaded] = await Promise.all([client.list(), loadedModels(client)])
    const { models } = listSchema.parse(listed)
    const found: Model[] = []
    const parameters = new Map<string, ModelParameters>()
    for (const model of models) {
      const shown = await this.#show(client, model.name, model.digest)
      if (!shown.canChat) continue
      parameters.set(model.name, shown.parameters)
      found.push({
        name: model.name,
        engine: 'ollama',
        digest: model.digest.replace(/^sha256:/, ''),
        sizeBytes: Math.floor(model.size),
        contextTokens: shown.contextTokens,
        isLoaded: loaded.has(model.name),
      })
    }
    this.#parameters = parameters
    return found
  }

  /** Null where the model was not listed yet. */
  parametersOf(name: string): ModelParameters | null {
    return this.#parameters.get(name) ?? null
  }

  /** The context that a model is loaded with, which may be shorter than the one it was trained with. */
  async loadedContext(client: Ollama, name: string): Promise<number | null> {
    const loaded = loadedSchema.safeParse(await client.ps())
    return loaded.data?.models.find((model) => model.name === name)?.context_length ?? null
  }

  async #show(client: Ollama, name: string, digest: string): Promise<Shown> {
    const known = this.#shown.get(digest)
    if (known) return known
    const details = showSchema.safeParse(await client.show({ model: name }))
    const { data = {} } = details
    const shown: Shown = {
      contextTokens: contextOf(data),
      canChat: data.capabilities?.includes('completion') ?? true,
      parameters: readParameters(data.parameters ?? ''),
    }
    if (this.#shown.size >= maxRemembered) this.#shown.clear()
    this.#shown.set(digest, shown)
    return shown
  }
}

/** The context size the model was configured with; else the one it was trained with. */
function contextOf(details: z.infer<typeof showSchema>): number | null {
  const given = /^num_ctx\s+(\d{1,8})\s*$/m.exec(details.parameters ?? '')?.[1]
  if (given !== undefined) return Number(given)
  for (const [key, value] of Object.entries(details.model_info ?? {})) {
    if (key.endsWith('.context_length') && typeof value === 'number' && value > 0) return Math.floor(value)
  }
  return null
}
