import type { AnswerPart } from '../engine.ts'

export interface Collected {
  readonly parts: AnswerPart[]
  readonly text: string
  readonly last: AnswerPart | undefined
}

/** Reads an answer to its end. `onPart` sees each part as it comes. */
export async function collect(
  answer: AsyncIterable<AnswerPart>,
  onPart: (part: AnswerPart) => void = () => undefined,
): Promise<Collected> {
  const parts: AnswerPart[] = []
  for await (const part of answer) {
    parts.push(part)
    onPart(part)
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { parts, text, last: parts.at(-1) }
}
