import type { Model, ModelSuggestion } from '../../contract/state.ts'
import type { CatalogueEntry } from './catalogue.ts'

/** What the machine has room for. */
export interface MachineRoom {
  /** Memory a model may take now. */
  readonly memoryBytes: number
  /** Memory of the graphics card; null where there is none, or none is known. */
  readonly graphicsBytes: number | null
  /** Null where the system does not report it. */
  readonly diskBytes: number | null
}

export interface SuggestionInput {
  readonly room: MachineRoom
  /** In the order of how well they answer, the best last. */
  readonly catalogue: readonly CatalogueEntry[]
  /** Models that an engine here already has. */
  readonly present: readonly Model[]
}

/** A processor alone writes at a pace one can read along with up to about this size of a file. */
const comfortableBytes = 3_000_000_000
/** A model takes more memory than its file: the context and what is computed with it. */
const memoryPerFileByte = 1.25
/** Smaller files answer simple questions only; worth it for trying out. */
const trialBytes = 500_000_000
/** Models that turn text into numbers, and cannot answer. */
const noChat = /embed|rerank|\bbge\b|minilm/i

/** How a model stands on this machine, the best first. */
const standings = ['good', 'slow', 'trial'] as const
type Standing = (typeof standings)[number]

interface Ranked {
  readonly suggestion: ModelSuggestion
  readonly standing: Standing
  readonly isPresent: boolean
  /** Whether it thinks before it answers, which takes a multiple of the time. */
  readonly thinks: boolean
  /** Higher answers better. */
  readonly quality: number
}

/**
 * Models worth beginning with on this machine, the best first; what does not fit is left out.
 *
 * Whatever is here already and works well comes first, then what is worth a download. A model that only just
 * fits, and would be slow, comes after those that run well; the smallest comes last.
 */
export function suggestModels({ room, catalogue, present }: SuggestionInput): ModelSuggestion[] {
  const here = present.flatMap((model) => rankPresent(model, room) ?? [])
  const digests = new Set(present.map(({ digest }) => digest))
  const missing = catalogue
    .map((entry, quality) => ({ entry, quality }))
    .filter(({ entry }) => !digests.has(entry.sha256))
    .flatMap(({ entry, quality }) => rankEntry(entry, quality, room) ?? [])
  return [...here, ...missing].toSorted(byRank).map(({ suggestion }) => suggestion)
}

function rankPresent(model: Model, room: MachineRoom): Ranked | null {
  const { name, engine, sizeBytes, isLoaded } = model
  // What is loaded already takes no more.
  const neededBytes = isLoaded ? 0 : sizeBytes * memoryPerFileByte
  if (noChat.test(name) || neededBytes > largestRoom(room)) return null
  const suggestion = { kind: 'present', name, engine } as const
  const standing = sizeBytes > 0 && sizeBytes < trialBytes ? 'trial' : paceOf(sizeBytes, neededBytes, room)
  return { suggestion, standing, isPresent: true, thinks: false, quality: sizeBytes }
}

function rankEntry(entry: CatalogueEntry, quality: number, room: MachineRoom): Ranked | null {
  const { catalogueId, sizeBytes, memoryBytes, isSmallest, thinks } = entry
  const hasDisk = room.diskBytes === null || sizeBytes <= room.diskBytes
  if (!hasDisk || memoryBytes > largestRoom(room)) return null
  const standing = isSmallest ? 'trial' : paceOf(sizeBytes, memoryBytes, room)
  return { suggestion: { kind: 'download', catalogueId }, standing, isPresent: false, thinks, quality }
}

function largestRoom({ memoryBytes, graphicsBytes }: MachineRoom): number {
  return Math.max(memoryBytes, graphicsBytes ?? 0)
}

function paceOf(sizeBytes: number, neededBytes: number, { graphicsBytes }: MachineRoom): 'good' | 'slow' {
  return sizeBytes <= comfortableBytes || neededBytes <= (graphicsBytes ?? 0) ? 'good' : 'slow'
}

function byRank(a: Ranked, b: Ranked): number {
  return (
    standings.indexOf(a.standing) - standings.indexOf(b.standing) ||
    Number(b.isPresent) - Number(a.isPresent) ||
    Number(a.thinks) - Number(b.thinks) ||
    // Of those that are slow the lightest first, of the others the one that answers best.
    (a.standing === 'slow' ? a.quality - b.quality : b.quality - a.quality)
  )
}
