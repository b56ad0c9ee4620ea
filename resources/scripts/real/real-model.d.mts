export interface Entry {
  readonly catalogueId: string
  readonly name: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly template: {
    readonly prefix: string
    readonly user: string
    readonly assistant: string
    readonly answer: string
    readonly stops: readonly string[]
    readonly temperature: number
  }
}
/** The catalogue's suggested model. */
export function suggestedEntry(): Promise<Entry>
/** Path of that model, fetched once and verified. */
export function ensureRealModel(): Promise<string>
