import type { GenerationPart } from '../engine.ts'

export interface Collected {
  readonly parts: GenerationPart[]
  readonly text: string
  readonly last: GenerationPart | undefined
}

/** Reads a generation to its end. `onPart` sees each part as it comes. */
export async function collect(
  answer: AsyncIterable<GenerationPart>,
  onPart: (part: GenerationPart) => void = () => undefined,
): Promise<Collected> {
  const parts: GenerationPart[] = []
  for await (const part of answer) {
    parts.push(part)
    onPart(part)
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { parts, text, last: parts.at(-1) }
}
