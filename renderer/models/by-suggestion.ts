import type { CatalogueModel, ModelSuggestion } from '../../node/contract/state.ts'

/** The catalogue with what suits this computer first, and what does not fit it last. */
export function bySuggestion(
  catalogue: readonly CatalogueModel[],
  suggestions: readonly ModelSuggestion[],
): readonly CatalogueModel[] {
  const order = suggestions.flatMap((one) => (one.kind === 'download' ? [one.catalogueId] : []))
  const placeOf = ({ catalogueId }: CatalogueModel): number => {
    const place = order.indexOf(catalogueId)
    return place === -1 ? order.length : place
  }
  return catalogue.toSorted((a, b) => placeOf(a) - placeOf(b))
}
