import type { Options } from 'ollama'
import type { ChatRequest } from '../engine.ts'

/**
 * What applies where neither the request nor the model says anything.
 *
 * Ollama's own values differ between its versions (`repeat_penalty` was 1.1), so they are always sent.
 */
const usual = {
  temperature: 0.8,
  top_k: 40,
  top_p: 0.9,
  min_p: 0,
  repeat_last_n: 64,
  repeat_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
} as const satisfies Partial<Options>

/** What a model sets for itself. */
export interface ModelParameters {
  readonly names: ReadonlySet<string>
  readonly stops: readonly string[]
}

/** Reads the parameters as `/api/show` lists them: a name and a value a line, texts in quotes. */
export function readParameters(text: string): ModelParameters {
  const lines = [...text.matchAll(/^(\w+)[ \t]+(.+)$/gm)].map(([, name = '', value = '']) => ({ name, value }))
  const stops = lines.flatMap(({ name, value }) => (name === 'stop' ? unquoted(value) : []))
  return { names: new Set(lines.map(({ name }) => name)), stops }
}

/** The options of a request. `model` is null where nothing is known of the model yet: it then keeps what it has. */
export function optionsOf(
  { maxTokens, temperature, sampling = {} }: Pick<ChatRequest, 'maxTokens' | 'temperature' | 'sampling'>,
  model: ModelParameters | null,
): Partial<Options> {
  const { topP, seed, presencePenalty, frequencyPenalty, stop } = sampling
  const asked: { [K in keyof Options]?: Options[K] | undefined } = {
    num_predict: maxTokens ?? undefined,
    temperature,
    top_p: topP,
    seed,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
    // A list would take the place of the model's own, without which it does not end.
    stop: stop && [...(model?.stops ?? []), ...stop],
  }
  const unset = Object.entries(usual).filter(([name]) => model && !model.names.has(name))
  return { ...Object.fromEntries(unset), ...withoutUndefined(asked) }
}

function withoutUndefined<T extends object>(values: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

function unquoted(value: string): string[] {
  try {
    const text: unknown = JSON.parse(value.trim())
    return typeof text === 'string' ? [text] : []
  } catch {
    // Go quotes a few characters in a way of its own; unquoted texts are taken as they stand.
    return value.startsWith('"') ? [] : [value.trim()]
  }
}
