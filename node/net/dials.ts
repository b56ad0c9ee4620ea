import type { SecretStream } from 'hyperdht'
import { toHex } from '../crypto/encoding.ts'

/** How long a dial may receive nothing while a connection from the same device waits. */
const patienceMs = 1_000

interface Dial {
  readonly stream: SecretStream
  readonly startedMs: number
}

/**
 * The dials of one Hyperswarm.
 *
 * When two devices dial each other, Hyperswarm keeps the dial of the one with the greater key and refuses the
 * other connection, even if nothing has ever come through that dial. A device that has restarted would be refused
 * until the dials to its earlier run have failed, after ten seconds or more. So an incoming connection waits a
 * moment for such a dial to receive something, and otherwise takes its place.
 */
export class Dials {
  readonly #dials = new Map<string, Dial>()
  /** Refuses each incoming connection that still waits. */
  readonly #waiting = new Set<() => void>()

  add(publicKey: Uint8Array, stream: SecretStream): SecretStream {
    const key = toHex(publicKey)
    const dial = { stream, startedMs: performance.now() }
    const forget = (): void => {
      if (this.#dials.get(key) === dial) this.#dials.delete(key)
    }
    this.#dials.set(key, dial)
    stream.once('close', forget)
    return stream
  }

  /** Passes an incoming connection on: at once, or when a silent dial to the same device has closed. */
  receive(stream: SecretStream, hand: (stream: SecretStream) => void): void {
    const dial = this.#dials.get(toHex(stream.remotePublicKey))
    const isDialPreferred = Buffer.compare(stream.publicKey, stream.remotePublicKey) > 0
    if (!dial || !isDialPreferred || isHeard(dial)) return hand(stream)
    const ignore = (): void => undefined
    const end = (): void => {
      clearTimeout(timer)
      this.#waiting.delete(refuse)
      dial.stream.off('close', accept)
      stream.off('close', end)
    }
    const refuse = (): void => {
      end()
      stream.destroy()
    }
    const accept = (): void => {
      end()
      stream.off('error', ignore)
      hand(stream)
    }
    const timer = setTimeout(
      () => {
        if (isHeard(dial)) refuse()
        // Its close event reaches the swarm first, and then `accept` passes the connection on.
        else dial.stream.destroy()
      },
      dial.startedMs + patienceMs - performance.now(),
    )
    this.#waiting.add(refuse)
    dial.stream.once('close', accept)
    stream.once('close', end)
    stream.on('error', ignore)
  }

  /** Refuses the connections that still wait. */
  close(): void {
    for (const refuse of this.#waiting) refuse()
  }
}

function isHeard({ stream }: Dial): boolean {
  return stream.rawBytesRead > 0
}
