export interface TinyGgufOptions {
  /** The sentence begins again instead of ending. */
  readonly endless?: boolean | undefined
  /** Words with one space between them, each of them once. */
  readonly sentence?: string | undefined
  /** What the file calls its model. */
  readonly name?: string | undefined
  /** More of them make it slower and change no answer. */
  readonly layers?: number | undefined
}
export const slowLayers: number
export const tinySentence: string
export const tinyEndlessSentence: string
export function tinyGguf(options?: TinyGgufOptions): Buffer
