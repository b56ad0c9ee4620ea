import type { CatalogueModel, ModelSuggestion } from '../../contract/state.ts'
import type { CatalogueEntry } from './catalogue.ts'
import type { Downloads } from '../downloads/downloads.ts'
import { memoryMisfit, type MachineMemory } from './memory-fit.ts'
import type { ModelStore } from './model-store.ts'

/** The catalogue as the window shows it: which models fit, and the progress of each download. */
export function catalogueSlice(
  entries: readonly CatalogueEntry[],
  store: ModelStore,
  downloads: Downloads,
  memory: MachineMemory,
  suggestions: readonly ModelSuggestion[],
): CatalogueModel[] {
  const [first] = suggestions
  const suggestedId = first?.kind === 'download' ? first.catalogueId : null
  return entries.map((entry) => {
    const { catalogueId, name, description, licence, licenceUrl } = entry
    const { sizeBytes, memoryBytes, contextTokens, isSmallest } = entry
    const isHere = store.list().some((model) => model.catalogueId === catalogueId || model.sha256 === entry.sha256)
    return {
      catalogueId,
      name,
      description,
      licence,
      licenceUrl,
      sizeBytes,
      memoryBytes,
      contextTokens,
      isSuggested: catalogueId === suggestedId,
      isSmallest,
      misfit: memoryMisfit(name, memoryBytes, memory) ?? (isHere ? null : downloads.diskMisfit(entry)),
      download: isHere ? { state: 'ready' } : downloads.stateOf(catalogueId),
    }
  })
}
