import type { ServerResponse } from 'node:http'
import { closeWithin, defaultReaderMs } from './unread-reply.ts'

const defaultKeepAliveMs = 10_000

export interface EventStreamOptions {
  /** A comment is sent after this long without an event. */
  readonly keepAliveMs?: number | undefined
  /** A reader that takes nothing for this long is cut off. */
  readonly readerMs?: number | undefined
}

/**
 * A stream of server-sent events. It waits for its reader, and holds no more than one event for it.
 *
 * The status and headers go out with the first event, or with the first sign of life that is due before it:
 * until then the request can still be refused with a status of its own.
 */
export class EventStream {
  readonly #timer: NodeJS.Timeout
  readonly #readerMs: number

  constructor(
    private readonly response: ServerResponse,
    private readonly headers: () => Record<string, string>,
    { keepAliveMs = defaultKeepAliveMs, readerMs = defaultReaderMs }: EventStreamOptions = {},
  ) {
    this.#readerMs = readerMs
    this.#timer = setTimeout(() => {
      // A reader that has not taken what was sent before needs no sign of life.
      if (this.response.writableNeedDrain) this.#timer.refresh()
      else void this.#write(': keep-alive\n\n')
    }, keepAliveMs)
  }

  /** Whether the status is sent, so that failures can only be sent as events. */
  get isCommitted(): boolean {
    return this.response.headersSent
  }

  /** Sends one event. Resolves when the reader can take more, or has gone. */
  data(value: unknown): Promise<void> {
    return this.#write(`data: ${JSON.stringify(value)}\n\n`)
  }

  /** The last event of a completion that is whole. */
  done(): Promise<void> {
    return this.#write('data: [DONE]\n\n')
  }

  /** Lets go of the timer. Call it in every case; `end` is for streams that were committed. */
  release(): void {
    clearTimeout(this.#timer)
  }

  end(): void {
    this.release()
    closeWithin(this.response, this.#readerMs)
    this.response.end()
  }

  #write(text: string): Promise<void> {
    if (this.response.destroyed || this.response.writableEnded) return Promise.resolve()
    this.#commit()
    // The next keep-alive is due a full interval after this.
    this.#timer.refresh()
    if (this.response.write(text)) return Promise.resolve()
    return new Promise((resolve) => {
      // Closing it stops the generation, as every caller that leaves does.
      const timer = setTimeout(() => this.response.destroy(), this.#readerMs)
      const go = (): void => {
        clearTimeout(timer)
        this.response.off('drain', go).off('close', go)
        resolve()
      }
      this.response.on('drain', go).on('close', go)
    })
  }

  #commit(): void {
    if (this.response.headersSent) return
    this.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...this.headers() })
    // Each token is sent at once, in a packet of its own.
    this.response.socket?.setNoDelay(true)
  }
}
