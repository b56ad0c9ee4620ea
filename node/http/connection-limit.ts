import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Bounds the connections of a server. Once all places are taken, the connection that has been idle for longest is
 * closed for the next one.
 *
 * Idle is all that waits for nothing of ours: nobody has spoken, a request is still arriving, or the reply is sent.
 * So whoever opens connections and says nothing keeps nobody else out.
 */
export class ConnectionLimit {
  /** Longest idle first. */
  readonly #idle = new Set<Socket>()
  /** With the replies that each waits for; a program may send the next request before it has the reply. */
  readonly #busy = new Map<Socket, Set<ServerResponse>>()

  constructor(
    private readonly max: number,
    /** Takes a connection for which there is no place, because a reply is awaited on each of them. */
    private readonly refuse: (socket: Socket) => void,
  ) {}

  admit(socket: Socket): void {
    if (this.#idle.size + this.#busy.size >= this.max) {
      const [oldest] = this.#idle
      if (!oldest) return this.refuse(socket)
      this.#idle.delete(oldest)
      oldest.destroy()
    }
    this.#idle.add(socket)
    socket.once('close', () => {
      this.#idle.delete(socket)
      this.#busy.delete(socket)
    })
  }

  /** Keeps the connection until its reply is out: the request is one to answer. */
  hold(socket: Socket, response: ServerResponse): void {
    if (socket.destroyed || response.closed) return
    this.#idle.delete(socket)
    const awaited = this.#busy.get(socket) ?? new Set()
    this.#busy.set(socket, awaited.add(response))
    response.once('close', () => this.#release(socket, response))
  }

  /** Whether a reply is on its way out of this connection. */
  isReplying(socket: Socket): boolean {
    return [...(this.#busy.get(socket) ?? [])].some(({ headersSent }) => headersSent)
  }

  #release(socket: Socket, response: ServerResponse): void {
    const awaited = this.#busy.get(socket)
    awaited?.delete(response)
    if (!awaited || awaited.size > 0) return
    this.#busy.delete(socket)
    if (!socket.destroyed) this.#idle.add(socket)
  }
}
