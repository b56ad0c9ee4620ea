import type { ServedPart } from '../messages/generation.ts'
import { servedParts } from '../messages/frames.ts'
import { wireLimits } from '../wire-limits.ts'

/** How long a caller may take nothing of what waits for it. A program's own reader has less, and is told first. */
const usualUnreadMs = 60_000

export interface TokenWriterOptions {
  /** Whether the connection has room for more. */
  readonly send: (frame: Uint8Array) => boolean
  /** The caller reads no more; whoever generates must not wait for it, since others want its place. */
  readonly onUnread: () => void
  readonly unreadMs?: number
}

/**
 * Sends the parts of one generation on its channel.
 *
 * Tokens of one tick travel in one frame. Two things hold text back: a connection that has not drained
 * (all channels share it, so each sends at most one frame a drain, which is what makes them take turns),
 * and a caller that has not read (its own window, so a slow reader holds up nobody else).
 */
export class TokenWriter {
  #text = ''
  #tokens = 0
  #isDrained = true
  #creditBytes: number = wireLimits.windowBytes
  #scheduled: NodeJS.Immediate | undefined
  #isClosed = false
  /** Whether nothing can follow that would complete a character cut in half at the end. */
  #isTextWhole = false
  #room: (() => void) | null = null

  constructor(private readonly options: TokenWriterOptions) {}

  /** Resolves when the next part may come. */
  async write(part: ServedPart): Promise<void> {
    if (this.#isClosed) return
    if (part.type === 'text') {
      this.#text += part.text
      this.#tokens += part.tokens
      this.#scheduled ??= setImmediate(() => this.#flush())
      if (this.#text.length >= wireLimits.frameTextUnits) await this.#untilBelow(wireLimits.frameTextUnits)
      return
    }
    this.#isTextWhole = true
    // A failure overtakes text that cannot be sent now, and its receipt with it; everything else waits its turn.
    if (part.type === 'failed' || part.type === 'receipt') this.#flush()
    else await this.#untilBelow(1)
    this.#isTextWhole = false
    this.#sendPart(part)
  }

  #sendPart(part: ServedPart): void {
    if (!this.#isClosed) this.#isDrained = this.options.send(servedParts.encode(part))
  }

  /** The connection has drained. */
  drained(): void {
    this.#isDrained = true
    this.#flush()
  }

  /** The caller has read this much. False when it claims more than it was sent. */
  credit(bytes: number): boolean {
    if (this.#creditBytes + bytes > wireLimits.windowBytes) return false
    this.#creditBytes += bytes
    this.#flush()
    return true
  }

  close(): void {
    this.#isClosed = true
    clearImmediate(this.#scheduled)
    this.#release()
  }

  async #untilBelow(units: number): Promise<void> {
    const { onUnread, unreadMs = usualUnreadMs } = this.options
    while (this.#text.length >= units && !this.#isClosed) {
      const room = new Promise<void>((resolve) => (this.#room = resolve))
      const unread = setTimeout(onUnread, unreadMs)
      this.#flush()
      await room
      clearTimeout(unread)
    }
  }

  #flush(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    const waiting = this.#text.length
    // One frame at a time: the next one waits for the tick after, so that other channels get theirs.
    if (this.#canSend()) this.#sendFrame()
    if (this.#canSend()) this.#scheduled = setImmediate(() => this.#flush())
    if (this.#text.length < waiting) this.#release()
  }

  #canSend(): boolean {
    return this.#sendableUnits() > 0 && this.#isDrained && this.#creditBytes > 0 && !this.#isClosed
  }

  #sendableUnits(): number {
    return this.#isTextWhole && this.#text.length <= wireLimits.frameTextUnits
      ? this.#text.length
      : wholeCharacters(this.#text, wireLimits.frameTextUnits)
  }

  #sendFrame(): void {
    const end = this.#sendableUnits()
    const text = this.#text.slice(0, end)
    const isAll = end === this.#text.length
    const tokens = isAll ? this.#tokens : 0
    this.#text = this.#text.slice(end)
    this.#tokens -= tokens
    this.#creditBytes -= Buffer.byteLength(text)
    this.#isDrained = this.options.send(servedParts.encode({ type: 'text', text, tokens }))
  }

  #release(): void {
    this.#room?.()
    this.#room = null
  }
}

/** How much of a text can go without cutting a character in half: UTF-8 cannot carry a half. */
export function wholeCharacters(text: string, maxUnits: number): number {
  const end = Math.min(text.length, maxUnits)
  const endsInHalf = end > 0 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return endsInHalf ? end - 1 : end
}
