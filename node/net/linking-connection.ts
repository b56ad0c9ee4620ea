import type DHT from 'hyperdht'
import type { SecretStream, Server } from 'hyperdht'
import { delay, withDeadline } from '../base/deadline.ts'
import type { Log } from '../base/log.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { equalBytes } from '../crypto/hash.ts'
import type { KeyPair } from '../crypto/keys.ts'

/** Largest message; the memberships of an account with two hundred pools fit. */
const maxMessageBytes = 4 * 1024 * 1024
/** Messages that may wait to be read; linking uses four. */
const maxWaiting = 4
const messageDeadlineMs = 20_000
const connectDeadlineMs = 15_000
const partingMs = 1_000
const retryMs = 1_000

/**
 * An encrypted connection between two devices that know the same code.
 *
 * A message is what the other side wrote at once; one that is too large, or too many unread ones, close it.
 */
export class LinkingConnection {
  readonly #waiting: Uint8Array[] = []
  #reader: ((message: Uint8Array | null) => void) | null = null
  #isClosed = false

  constructor(
    private readonly stream: SecretStream,
    log: Log,
  ) {
    stream.on('error', (cause: Error) => log.debug({ cause }, 'linking connection'))
    stream.on('data', (bytes: Uint8Array) => this.#receive(bytes))
    stream.once('close', () => this.#closed())
    stream.once('end', () => this.close())
  }

  /** Equal on both ends and different on every connection. */
  get handshakeHash(): Uint8Array {
    return this.stream.handshakeHash
  }

  send(message: Uint8Array): void {
    if (!this.#isClosed) this.stream.write(message)
  }

  /** The next message; null when the connection closes, `signal` aborts, or nothing comes in time. */
  async receive(signal: AbortSignal): Promise<Uint8Array | null> {
    const waiting = this.#waiting.shift()
    if (waiting || this.#isClosed || signal.aborted) return waiting ?? null
    const next = new Promise<Uint8Array | null>((resolve) => (this.#reader = resolve))
    const stop = (): void => this.#reader?.(null)
    signal.addEventListener('abort', stop, { once: true })
    const received = await withDeadline(next, messageDeadlineMs)
    signal.removeEventListener('abort', stop)
    this.#reader = null
    return received.inTime ? received.value : null
  }

  /** Flushes what was sent, then closes; waits at most `partingMs`. */
  async part(): Promise<void> {
    if (!this.#isClosed) await withDeadline(this.stream.flush(), partingMs)
    this.close()
  }

  close(): void {
    this.stream.destroy()
  }

  #receive(bytes: Uint8Array): void {
    if (bytes.byteLength > maxMessageBytes || this.#waiting.length >= maxWaiting) return this.close()
    // Copied, because the transport reuses its buffers.
    const message = new Uint8Array(bytes)
    const reader = this.#reader
    // Cleared before it is called: the next message may come before the reader asks again.
    this.#reader = null
    if (reader) reader(message)
    else this.#waiting.push(message)
  }

  #closed(): void {
    this.#isClosed = true
    this.#reader?.(null)
  }
}

export interface LinkingListener {
  close(): Promise<void>
}

/** Waits for a device that dials with the guest's key; others are refused during the handshake. */
export async function listenForLinking(options: {
  readonly dht: DHT
  readonly host: KeyPair
  readonly guestKey: Uint8Array
  readonly log: Log
  readonly onConnection: (connection: LinkingConnection) => void
}): Promise<Result<LinkingListener>> {
  const { dht, host, guestKey, log, onConnection: onLine } = options
  const isStranger = (key: Uint8Array): boolean => !equalBytes(key, guestKey)
  const server: Server = dht.createServer({ firewall: isStranger })
  server.on('connection', (stream) => onLine(new LinkingConnection(stream, log)))
  try {
    const listening = await withDeadline(server.listen(host), connectDeadlineMs)
    if (listening.inTime) return ok({ close: () => server.close() })
  } catch (cause) {
    log.warn({ cause }, 'cannot wait for a device to link')
  }
  await server.close()
  return fail('offline')
}

/** Dials the device that shows the code until the deadline, because its announcement may take a moment. */
export async function dialForLinking(options: {
  readonly dht: DHT
  readonly hostKey: Uint8Array
  readonly guest: KeyPair
  readonly log: Log
  readonly deadlineMs: number
  readonly signal: AbortSignal
}): Promise<Result<LinkingConnection>> {
  const { dht, hostKey, guest, log, deadlineMs, signal } = options
  const endsAtMs = performance.now() + deadlineMs
  while (performance.now() < endsAtMs) {
    const stream = dht.connect(hostKey, { keyPair: guest })
    const connection = new LinkingConnection(stream, log)
    const opened = await withDeadline(stream.opened, Math.min(connectDeadlineMs, endsAtMs - performance.now()))
    if (opened.inTime && opened.value) return ok(connection)
    connection.close()
    if (!(await delay(retryMs, signal))) break
  }
  return fail('link_unreachable')
}
