import type { EventEmitter } from 'node:events'
import { BatchReader, hostile, judgeFrame, type FrameJudge } from './mux-frame.ts'
import { WorkBudget } from './work-budget.ts'

/** What the filter needs of a connection. */
export interface Filterable extends EventEmitter {
  readonly destroying: boolean
  pause(): unknown
  resume(): unknown
}

export interface FrameFilterOptions {
  readonly judge: FrameJudge
  /** Whether what was handed on must be finished before more is; asked again after a moment. */
  readonly isBusy?: () => boolean
  /** Something has arrived. */
  readonly onData: () => void
  /** Ends the connection; called once. Nothing of the frame and of later ones is handed on. */
  readonly onHostile: () => void
}

/** How long work that is under way is waited for before it is looked at again. */
const busyMs = 1
/** Work that has not ended after this long never will; waiting for it would be a hang. */
const longestBusyMs = 5_000

/**
 * Stands in front of the multiplexer of a connection: judges each frame before it is read, and hands on no more
 * work at a time than this process can do without standing still.
 *
 * While it holds frames back it stops reading the connection, so that the other side waits.
 */
export class FrameFilter {
  readonly #readers: readonly unknown[]
  readonly #budget = new WorkBudget()
  /** Frames that came while others were held back; few, because the connection is paused. */
  readonly #waiting: Uint8Array[] = []
  #batch: BatchReader | null = null
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #isEnded = false
  #busySinceMs: number | null = null

  /** Call it in the tick in which the multiplexer was made, before any data arrives. */
  constructor(
    private readonly stream: Filterable,
    private readonly options: FrameFilterOptions,
  ) {
    this.#readers = stream.listeners('data')
    if (this.#readers.length === 0) throw new Error('The frame filter came before the multiplexer')
    stream.removeAllListeners('data')
    stream.on('data', (frame: Uint8Array) => this.#receive(frame))
    stream.once('close', () => this.#end())
  }

  /** Whether something has arrived that is not handed on yet. */
  get isHolding(): boolean {
    return this.#timer !== undefined || this.#immediate !== undefined
  }

  #receive(frame: Uint8Array): void {
    if (this.#isEnded) return
    this.options.onData()
    if (this.isHolding) {
      this.#waiting.push(frame)
      this.stream.pause()
    } else if (!this.#take(frame)) {
      this.stream.pause()
    }
  }

  /** Judges a frame and hands it on. False when a part of it, or what follows, has to wait. */
  #take(frame: Uint8Array): boolean {
    // An empty frame is a sign of life.
    const cost = frame.byteLength === 0 ? 0 : judgeFrame(frame, this.options.judge)
    if (cost === null) return this.#startBatch(frame)
    return this.#handOn(frame, cost) && !this.#mustWait()
  }

  #startBatch(frame: Uint8Array): boolean {
    try {
      this.#batch = new BatchReader(frame, this.options.judge)
    } catch {
      return this.#handOn(frame, hostile)
    }
    if (this.#batch.isDone) this.#batch = null
    return this.#takePiece()
  }

  /** Hands on the next piece of a batch; others have their turn before the one after it. */
  #takePiece(): boolean {
    const batch = this.#batch
    if (!batch) return true
    const piece = batch.next()
    if (!this.#handOn(piece?.frame ?? null, piece?.costMicros ?? hostile)) return false
    if (batch.isDone) this.#batch = null
    if (this.#mustWait()) return false
    if (!batch.isDone) this.#immediate = setImmediate(() => this.#continue())
    return batch.isDone
  }

  /** False when the connection has ended. */
  #handOn(frame: Uint8Array | null, cost: number): boolean {
    if (cost === hostile || frame === null) {
      this.#end()
      this.options.onHostile()
      return false
    }
    this.#budget.spend(cost)
    for (const reader of this.#readers) Reflect.apply(reader as () => void, this.stream, [frame])
    return !this.#isEnded
  }

  /** Whether something has to be waited for first; then it goes on by itself. */
  #mustWait(): boolean {
    if (this.#isEnded) return true
    const waitMs = this.#budget.waitMs() || (this.#isBusy() ? busyMs : 0)
    if (waitMs === 0) return false
    this.#timer = setTimeout(() => this.#continue(), waitMs)
    return true
  }

  #isBusy(): boolean {
    if (!this.options.isBusy?.()) {
      this.#busySinceMs = null
      return false
    }
    const nowMs = performance.now()
    this.#busySinceMs ??= nowMs
    return nowMs - this.#busySinceMs < longestBusyMs
  }

  #continue(): void {
    this.#timer = this.#immediate = undefined
    if (this.#isEnded || this.#mustWait()) return
    if (!this.#takePiece()) return
    for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) if (!this.#take(frame)) return
    if (!this.stream.destroying) this.stream.resume()
  }

  #end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = this.#immediate = undefined
    this.#waiting.length = 0
    this.#batch = null
  }
}
