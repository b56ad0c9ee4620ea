declare module 'protomux' {
  import type { Encoder } from 'compact-encoding'

  export interface Message<T> {
    /** Answers whether the connection has drained; false means: wait for `ondrain`. */
    send(value: T): boolean
  }
  export interface ChannelOptions<H = void> {
    protocol: string
    id?: Uint8Array | null
    /** At most one open channel of this protocol and id; true unless told otherwise. */
    unique?: boolean
    handshake?: Encoder<H> | null
    onopen?(handshake: H): void
    onclose?(isRemote: boolean): void
    ondestroy?(): void
    ondrain?(): void
  }
  export interface Channel<H = void> {
    readonly opened: boolean
    readonly closed: boolean
    readonly drained: boolean
    open(handshake: H): void
    close(): void
    cork(): void
    uncork(): void
    fullyOpened(): Promise<boolean>
    addMessage<T>(options: { encoding: Encoder<T>; onmessage?(value: T): void }): Message<T>
  }
  interface Pairing {
    protocol: string
    id?: Uint8Array | null
  }
  export interface Mux {
    readonly stream: unknown
    readonly drained: boolean
    pair(pairing: Pairing, notify: (id: Uint8Array | null) => void | Promise<void>): void
    unpair(pairing: Pairing): void
    opened(pairing: Pairing): boolean
    /** Null when the stream has gone or such a channel is open already. */
    createChannel<H = void>(options: ChannelOptions<H>): Channel<H> | null
    cork(): void
    uncork(): void
    destroy(error?: Error): void
  }

  const Protomux: {
    /** The one multiplexer of a connection, made at the first call. */
    from(stream: object): Mux
  }
  export default Protomux
}
