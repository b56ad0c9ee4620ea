/** The end of a sentence: a mark with what closes it, then white space; or an empty line. */
const sentenceEnd = /[.!?…]+["'”’)\]]*\s+|\n{2,}/g
/** A chunk shorter than this waits for the next sentence, so that lists are not read in crumbs. */
const minChars = 30

/** Cuts whole sentences off the front of a text that is still growing. */
export function takeSentences(text: string): { readonly sentences: string; readonly rest: string } {
  let cut = 0
  for (const match of text.matchAll(sentenceEnd)) cut = match.index + match[0].length
  if (cut < minChars) return { sentences: '', rest: text }
  return { sentences: text.slice(0, cut), rest: text.slice(cut) }
}

/** Leaves out the signs of Markdown that are only noise when read aloud. */
export function speakable(text: string): string {
  return text
    .replace(/```\w*\n?/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, '')
    .replace(/[*_`~|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
