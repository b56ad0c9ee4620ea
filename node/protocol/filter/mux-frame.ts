import { encode, optionalBuffer, string, uint } from 'compact-encoding'

/** How many messages and changes of channel one batch may hold; ours hold a few hundred. */
const maxBatchMessages = 16_384
/** Channels one side may have open at a time: one for each core, or for each generation. */
const maxSessions = 16_384
/** The name, the id and the handshake of a channel together. */
const maxOpenBytes = 4 * 1024
/** Messages that are handed on at once; after them, others have their turn. */
const messagesPerPiece = 64
/** Work that is handed on at once, in microseconds. */
const pieceMicros = 5_000

/** A verdict that ends the connection. Every other verdict is what handling the message may cost, in microseconds. */
export const hostile = -1

/** A place in a frame. */
export interface FrameState {
  buffer: Uint8Array
  start: number
  end: number
}

/** Judges what a frame says, before the multiplexer hears of it. A throw counts as hostile: the frame is cut short. */
export interface FrameJudge {
  open(session: number, protocol: string, id: Uint8Array | null): number
  close(session: number): void
  message(session: number, type: number, state: FrameState): number
}

/** A part of a frame that can be handed on, as a frame of its own; null when the frame must end the connection. */
export interface FramePiece {
  readonly frame: Uint8Array
  readonly costMicros: number
}

/** Judges a frame that is one message, or says `null` when it is a batch: read it with BatchReader. */
export function judgeFrame(frame: Uint8Array, judge: FrameJudge): number | null {
  const state = { buffer: frame, start: 0, end: frame.byteLength }
  try {
    const session = uint.decode(state)
    const type = uint.decode(state)
    if (session !== 0) return judge.message(session, type, state)
    return type === 0 ? null : judgeControl(type, state, judge)
  } catch {
    return hostile
  }
}

/**
 * Reads a batch in pieces that are cheap enough to handle at once.
 *
 * A batch inside a batch is hostile: Protomux 3.12.1 reads it recursively, and a small frame overflows the stack.
 */
export class BatchReader {
  readonly #state: FrameState
  #session: number
  #messages = 0
  #isWhole = true

  /** Throws where the frame is cut short. */
  constructor(
    private readonly frame: Uint8Array,
    private readonly judge: FrameJudge,
  ) {
    this.#state = { buffer: frame, start: 0, end: frame.byteLength }
    // The control session and the type of a batch, both 0.
    uint.decode(this.#state)
    uint.decode(this.#state)
    this.#session = uint.decode(this.#state)
  }

  get isDone(): boolean {
    return this.#state.start >= this.#state.end
  }

  /** The next piece; null when the batch is hostile. */
  next(): FramePiece | null {
    const session = this.#session
    const { start } = this.#state
    let costMicros = 0
    let messages = 0
    try {
      while (!this.isDone && messages < messagesPerPiece && costMicros < pieceMicros) {
        const cost = this.#nextMessage()
        if (cost === hostile) return null
        costMicros += cost
        messages += 1
      }
    } catch {
      return null
    }
    this.#isWhole &&= this.isDone
    return { frame: this.#isWhole ? this.frame : this.#piece(session, start), costMicros }
  }

  #nextMessage(): number {
    const state = this.#state
    let length = uint.decode(state)
    while (length === 0) {
      this.#session = uint.decode(state)
      if (++this.#messages > maxBatchMessages) return hostile
      if (this.isDone) return 0
      length = uint.decode(state)
    }
    if (++this.#messages > maxBatchMessages) return hostile
    const end = Math.min(state.start + length, state.end)
    const message = { buffer: state.buffer, start: state.start, end }
    state.start = end
    const type = uint.decode(message)
    if (this.#session !== 0) return this.judge.message(this.#session, type, message)
    return type === 0 ? hostile : judgeControl(type, message, this.judge)
  }

  /** Copied, because messages that were handed on still lie in the frame. */
  #piece(session: number, start: number): Uint8Array {
    return Buffer.concat([Uint8Array.of(0, 0), encode(uint, session), this.frame.subarray(start, this.#state.start)])
  }
}

function judgeControl(type: number, state: FrameState, judge: FrameJudge): number {
  if (type === 1) return judgeOpen(state, judge)
  if (type === 3) judge.close(uint.decode(state))
  return 0
}

/** Opening session 0 makes the multiplexer encode an undefined number. */
function judgeOpen(state: FrameState, judge: FrameJudge): number {
  if (state.end - state.start > maxOpenBytes) return hostile
  const session = uint.decode(state)
  if (session === 0 || session > maxSessions) return hostile
  return judge.open(session, string.decode(state), optionalBuffer.decode(state))
}
