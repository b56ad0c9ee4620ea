import type { DeviceId } from '../contract/ids.ts'

/** Strangers that may be connected at a time, apart from the places of members. */
const maxStrangers = 32
/** Strangers that may come at once, and then each second. */
const burst = 64
const perSecond = 8
/** How often one key may come while it is a stranger's, and in what time. */
const maxTries = 6
const triesMs = 30_000
/** Keys of which this is remembered; as many come within that time at most. */
const maxKeys = burst + (perSecond * triesMs) / 1_000

interface Stranger {
  close(): void
}

/**
 * Who may come while we do not know whose device it is.
 *
 * Strangers have few places, and the one that came first gives its place to the next, so that they take none of the
 * members'. How many come in a second is bounded before a connection is made of it.
 */
export class Strangers {
  readonly #here = new Set<Stranger>()
  readonly #tries = new Map<DeviceId, { count: number; firstMs: number }>()
  #allowed = burst
  #lastMs: number

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    this.#lastMs = nowMs()
  }

  /** How many are connected. */
  get count(): number {
    return this.#here.size
  }

  /** Whether one more may come now; asked during the handshake, before there is a connection. */
  mayCome(deviceId: DeviceId): boolean {
    const nowMs = this.nowMs()
    this.#allowed = Math.min(burst, this.#allowed + ((nowMs - this.#lastMs) / 1_000) * perSecond)
    this.#lastMs = nowMs
    const known = this.#tries.get(deviceId)
    const tries = known && nowMs - known.firstMs < triesMs ? known : { count: 0, firstMs: nowMs }
    if (this.#allowed < 1 || tries.count >= maxTries) return false
    this.#allowed -= 1
    tries.count += 1
    this.#tries.delete(deviceId)
    this.#tries.set(deviceId, tries)
    const [oldest] = this.#tries.keys()
    if (this.#tries.size > maxKeys && oldest) this.#tries.delete(oldest)
    return true
  }

  add(stranger: Stranger): void {
    const [first] = this.#here
    if (this.#here.size >= maxStrangers && first) {
      this.#here.delete(first)
      first.close()
    }
    this.#here.add(stranger)
  }

  /** It has left, or is no stranger any more. */
  delete(stranger: Stranger): void {
    this.#here.delete(stranger)
  }
}
