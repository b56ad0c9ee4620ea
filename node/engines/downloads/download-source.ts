import type { KithError } from '../../contract/errors.ts'
import type { CatalogueEntry } from '../models/catalogue.ts'

/** One attempt to get a model's file from one source. The part file is kept whatever the outcome. */
export interface SourceJob {
  readonly entry: CatalogueEntry
  /** Bytes of the model received so far, from its beginning, by any source: all sources give the same file. */
  readonly partPath: string
  /** Fires when the person pauses or cancels, or the app closes. */
  readonly signal: AbortSignal
  /** `receivedBytes` counts from the file's beginning. */
  readonly onProgress: (receivedBytes: number, source: string) => void
}

export type SourceOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'stopped' }
  /** Nothing arrived; the next source may do better. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Some bytes arrived, then no more. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** No other source can help, for example a full disk. */
  | { readonly kind: 'failed'; readonly error: KithError }

export interface SourceTimes {
  /** Longest wait for the next bytes. */
  readonly stallMs: number
  readonly firstRetryMs: number
}

export const defaultSourceTimes: SourceTimes = { stallMs: 30_000, firstRetryMs: 1_000 }
