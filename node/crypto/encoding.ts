/** Text forms of bytes. Decoders return null for anything that is not exactly one encoding of bytes. */

export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex')
}

export function fromHex(text: string): Uint8Array | null {
  return /^(?:[0-9a-f]{2})*$/.test(text) ? copyOf(Buffer.from(text, 'hex')) : null
}

export function toBase64Url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64url')
}

export function fromBase64Url(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  const bytes = copyOf(Buffer.from(text, 'base64url'))
  // Unused bits of the last letter must be zero, so that each value has one text.
  return toBase64Url(bytes) === text ? bytes : null
}

export function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The text of UTF-8 bytes, or null when they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // Thrown only for malformed bytes.
    return null
  }
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return copyOf(Buffer.concat(parts))
}

/** The same memory as a Buffer, for modules that need one. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A plain array with memory of its own: small Buffers share one pool, and secrets must not lie in it. */
function copyOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer)
}
