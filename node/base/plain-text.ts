/**
 * Text that somebody else wrote, made safe to show on a terminal or in a log.
 *
 * A terminal obeys what it is told: characters that move the cursor, rewrite lines, set the clipboard or turn the
 * direction of reading would let a name, a model or an answer forge what the program seems to say.
 */
const replacement = '\ufffd'

/** Control characters, invisible ones, separators of lines, and halves of characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** The same without what texts need: joiners and marks of scripts, tabs and ends of lines. */
const unsafeInText = /(?![\n\r\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb\p{Zl}\p{Zp}\p{Cs}]/gu
const escaped = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line: nothing in it ends it. */
export function plainLine(text: string): string {
  return text.replace(unseen, replacement)
}

/** A text of several lines: ends of lines and tabs stay. */
export function plainText(text: string): string {
  return text.replace(unsafeInText, replacement).replace(/\r/g, '')
}

/** JSON that means the same, with everything escaped that a terminal could obey. JSON by itself escapes half of it. */
export function plainJson(json: string): string {
  return json.replace(escaped, (found) =>
    Array.from(
      { length: found.length },
      (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

/** `plainText` for a text that comes in pieces, cut anywhere. */
export class PlainTextStream {
  /** The first half of a character whose other half has not come yet. */
  #half = ''

  push(piece: string): string {
    const text = this.#half + piece
    const last = text.charCodeAt(text.length - 1)
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : ''
    return plainText(this.#half === '' ? text : text.slice(0, -1))
  }
}
