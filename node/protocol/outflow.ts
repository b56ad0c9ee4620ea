import type { SecretStream } from 'hyperdht'

/** Bytes that may wait for a reader before nothing new is begun for it. */
const softBytes = 4 * 1024 * 1024
/** Bytes that may wait at all; replication alone may come near it, with large blocks. */
const hardBytes = 64 * 1024 * 1024
/** How long a reader may take nothing of what waits for it. */
const stallMs = 30_000

/** What was sent on a connection and has not left yet, because the other side does not read. */
export class Outflow {
  #written = 0
  #movedMs = performance.now()

  constructor(private readonly stream: SecretStream) {}

  get unsentBytes(): number {
    return this.stream._writableState.buffered + (this.stream.rawStream?._writableState?.buffered ?? 0)
  }

  /** Whether so much waits that nothing new should be begun. */
  get isFull(): boolean {
    return this.unsentBytes > softBytes
  }

  /** Whether the connection has to end: too much waits, or it has waited too long. Ask now and then. */
  isUnread(): boolean {
    const { unsentBytes } = this
    const nowMs = performance.now()
    if (unsentBytes === 0 || this.stream.rawBytesWritten !== this.#written) {
      this.#written = this.stream.rawBytesWritten
      this.#movedMs = nowMs
    }
    return unsentBytes > hardBytes || nowMs - this.#movedMs > stallMs
  }
}

/** What all connections of one account may have waiting together. */
const accountBytes = 2 * hardBytes

/** Whether too much waits on several connections together, for as many devices as an account has. */
export function areUnread(outflows: Iterable<Outflow>): boolean {
  let unsentBytes = 0
  for (const outflow of outflows) unsentBytes += outflow.unsentBytes
  return unsentBytes > accountBytes
}
