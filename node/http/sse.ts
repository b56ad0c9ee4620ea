import type { ServerResponse } from 'node:http'

const defaultKeepAliveMs = 10_000

/**
 * A stream of server-sent events.
 *
 * The status and headers go out with the first event, or with the first sign of life that is due before it:
 * until then the request can still be refused with a status of its own.
 */
export class EventStream {
  readonly #timer: NodeJS.Timeout

  constructor(
    private readonly response: ServerResponse,
    private readonly headers: () => Record<string, string>,
    keepAliveMs = defaultKeepAliveMs,
  ) {
    this.#timer = setTimeout(() => {
      void this.#write(': keep-alive\n\n')
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
    this.response.end()
  }

  #write(text: string): Promise<void> {
    if (this.response.destroyed || this.response.writableEnded) return Promise.resolve()
    this.#commit()
    // The next keep-alive is due a full interval after this.
    this.#timer.refresh()
    if (this.response.write(text)) return Promise.resolve()
    return new Promise((resolve) => {
      const go = (): void => {
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
