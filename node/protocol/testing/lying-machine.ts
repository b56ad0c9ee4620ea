import type { TokenUsage } from '../../engines/engine.ts'
import type { ServedPart } from '../messages/generation.ts'

/** What a machine sends in place of what its engine made. */
export interface MachineLies {
  /** What it says of its tokens at the end; absent is the truth. */
  readonly usage?: (truth: TokenUsage) => TokenUsage
  /** What it says of the tokens of each piece of text. */
  readonly tokens?: (text: string) => number
  /** Fails at this part, whatever the engine does. */
  readonly failsAt?: ServedPart['type']
  /** Goes on with this text for ever after its engine has ended. */
  readonly babbles?: string
}

/** A processor that lies as told, on top of an honest one. Its receipts stay honest. */
export async function* lyingParts(
  honest: AsyncIterable<ServedPart>,
  lies: MachineLies,
  failure: ServedPart,
): AsyncGenerator<ServedPart, void, undefined> {
  for await (const part of honest) {
    if (part.type === lies.failsAt) return yield failure
    if (part.type === 'text') yield { ...part, tokens: lies.tokens?.(part.text) ?? part.tokens }
    else if (part.type !== 'end') yield part
    else {
      // It lets others have their turn, or the end of it could never be heard.
      while (lies.babbles !== undefined) {
        await new Promise((resolve) => setImmediate(resolve))
        yield { type: 'text', text: lies.babbles, tokens: lies.tokens?.(lies.babbles) ?? 1 }
      }
      yield { ...part, usage: lies.usage?.(part.usage) ?? part.usage }
    }
  }
}
