/** Crockford's alphabet in lower case, without the easily misread i, l and o, and without u. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz'
const values = new Map(Array.from(letters, (letter, value) => [letter, value]))

/** Five bits a letter; the last letter is filled with zeros. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let pending = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += letters.charAt((pending >> bits) & 31)
    }
    pending &= (1 << bits) - 1
  }
  return bits > 0 ? text + letters.charAt((pending << (5 - bits)) & 31) : text
}

/** Null for anything that is not the one encoding of that many bytes. */
export function decodeBase32(text: string, length: number): Uint8Array | null {
  if (text.length !== Math.ceil((length * 8) / 5)) return null
  const bytes = new Uint8Array(length)
  let written = 0
  let bits = 0
  let pending = 0
  for (const letter of text) {
    const value = values.get(letter)
    if (value === undefined) return null
    pending = (pending << 5) | value
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[written] = pending >> bits
    written += 1
    pending &= (1 << bits) - 1
  }
  return pending === 0 ? bytes : null
}
