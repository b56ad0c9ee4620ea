import type { EngineName } from '../contract/state.ts'

/** A model by its own name; without an engine where that is not known. */
export interface NamedModel {
  readonly name: string
  readonly engine: EngineName | null
}

/** Whether a name means this model. With Ollama case does not matter, and `name` is `name:latest`. */
export function isNamed({ name, engine }: NamedModel, wanted: string): boolean {
  if (name === wanted) return true
  return engine === 'ollama' && wholeName(name) === wholeName(wanted)
}

/** The model that a name means: the one that is called exactly so before any other. */
export function findNamed<T extends NamedModel>(models: readonly T[], wanted: string): T | null {
  return models.find(({ name }) => name === wanted) ?? models.find((model) => isNamed(model, wanted)) ?? null
}

function wholeName(name: string): string {
  // A host before the name may have a port; only what follows the last slash has a tag.
  const hasTag = name.slice(name.lastIndexOf('/') + 1).includes(':')
  return (hasTag ? name : `${name}:latest`).toLowerCase()
}
