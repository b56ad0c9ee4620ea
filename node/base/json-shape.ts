/** Deeper than any request means to be: tools describe their fields in a few levels. */
const maxDepth = 100
/** Thousands of messages with all their parts stay far below. */
const maxValues = 100_000

const quote = 0x22
const backslash = 0x5c

/**
 * Whether JSON of this text is neither too deep nor made of too many values to be parsed and checked at once.
 *
 * A few megabytes of brackets keep the parser busy for seconds, and with it everything this process does. Only what
 * lies outside of strings is counted; whether the text is JSON at all is for the parser to say.
 */
export function isModestJson(text: string): boolean {
  let depth = 0
  let values = 1
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        values += 1
        if (depth > maxDepth) return false
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        break
      case 0x2c: // ,
        values += 1
        break
    }
    if (values > maxValues) return false
  }
  return true
}

/** The value of JSON that others wrote; throws a `SyntaxError` for what is no JSON, or no modest one. */
export function parseModestJson(text: string): unknown {
  if (!isModestJson(text)) throw new SyntaxError('JSON of too many values, or too deep')
  return JSON.parse(text) as unknown
}

/** Where the quotation mark is that ends a string; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start)
  while (at !== -1 && isEscaped(text, start, at)) at = text.indexOf('"', at + 1)
  return at === -1 ? text.length : at
}

function isEscaped(text: string, start: number, at: number): boolean {
  let first = at
  while (first > start && text.charCodeAt(first - 1) === backslash) first -= 1
  return (at - first) % 2 === 1
}
