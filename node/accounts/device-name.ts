const maxLength = 80

/** Name of a device that has not told its name yet. */
export const unknownDeviceName = 'Computer'

/** Control characters and invisible ones, but for the one that joins emoji. */
const unseen = /(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** A name on one line, of the length that records allow; empty where nothing is left of it. */
export function cleanDeviceName(text: string): string {
  return cut(text.normalize('NFC').replace(unseen, ' ').replace(/\s+/g, ' ').trim(), maxLength)
}

/** The name, with a number behind it where another device has it already. */
export function distinctDeviceName(name: string, taken: readonly string[]): string {
  const known = new Set(taken.map(comparable))
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : ` ${number}`
    const distinct = cut(name, maxLength - ending.length) + ending
    if (!known.has(comparable(distinct))) return distinct
  }
}

function comparable(name: string): string {
  return name.toLocaleLowerCase('en')
}

/** Cuts between characters, never within one. */
function cut(text: string, length: number): string {
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > length) break
    kept += character
  }
  return kept.trimEnd()
}
