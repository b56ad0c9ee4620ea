import type { Duplex } from 'node:stream'
import type { Hypercore } from 'hypercore'

type Replicating = { replicate(isInitiator: boolean): Duplex }

interface Replicated {
  readonly core: Hypercore
}

/** Joins two stores' sessions of one core, as two connected devices are. Returns what parts them. */
export function replicate(left: Replicated, right: Replicated): () => void {
  const one = (left.core as unknown as Replicating).replicate(true)
  const other = (right.core as unknown as Replicating).replicate(false)
  // Parting them is an error to the streams, and meant.
  one.on('error', () => undefined)
  other.on('error', () => undefined)
  one.pipe(other).pipe(one)
  return () => {
    one.destroy()
    other.destroy()
  }
}
