import type { EventEmitter } from 'node:events'
import { uint } from 'compact-encoding'

/** How many entries one batch may hold; ours hold a handful. */
const maxBatchEntries = 16_384

/** What the filter needs of a connection. */
interface Filterable extends EventEmitter {
  destroy(error?: Error): unknown
}

/**
 * Puts a check in front of the multiplexer of a connection. Call it synchronously, once the multiplexer
 * has been made and before any data arrives.
 *
 * Protomux 3.12.1 lets batches nest, so that a small hostile frame overflows the stack: a RangeError,
 * rethrown as an uncaught exception. Frames of that kind end the connection here, before it reads them.
 */
export function filterFrames(stream: Filterable, onData: () => void, onHostile: () => void): void {
  const readers = stream.listeners('data')
  if (readers.length === 0) throw new Error('The frame filter came before the multiplexer')
  stream.removeAllListeners('data')
  stream.on('data', (frame: Uint8Array) => {
    onData()
    if (isHostile(frame)) {
      onHostile()
      stream.destroy(new Error('Hostile frame'))
      return
    }
    for (const reader of readers) Reflect.apply(reader, stream, [frame])
  })
}

/** Whether a frame holds a batch inside a batch, or opens the control session. */
export function isHostile(frame: Uint8Array): boolean {
  // Anything that does not start with session 0 is a plain message of a channel.
  if (frame[0] !== 0 && frame[0] !== 0xfd && frame[0] !== 0xfe && frame[0] !== 0xff) return false
  const state = { buffer: frame, start: 0, end: frame.byteLength }
  try {
    if (uint.decode(state) !== 0) return false
    const type = uint.decode(state)
    return type === 0 ? isHostileBatch(state) : isHostileControl(type, state)
  } catch {
    // Truncated: the multiplexer reports it as a plain error, which only ends the connection.
    return false
  }
}

interface State {
  buffer: Uint8Array
  start: number
  end: number
}

function isHostileBatch(state: State): boolean {
  const end = state.end
  let session = uint.decode(state)
  for (let entries = 0; state.start < end; entries++) {
    if (entries === maxBatchEntries) return true
    const length = uint.decode(state)
    if (length === 0) {
      session = uint.decode(state)
      continue
    }
    const next = Math.min(state.start + length, end)
    if (session === 0) {
      const entry: State = { buffer: state.buffer, start: state.start, end: next }
      const type = uint.decode(entry)
      if (type === 0 || isHostileControl(type, entry)) return true
    }
    state.start = next
  }
  return false
}

/** Opening session 0 makes the multiplexer encode an undefined number. */
function isHostileControl(type: number, state: State): boolean {
  return type === 1 && uint.decode(state) === 0
}
