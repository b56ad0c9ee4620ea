import type { Mux } from 'protomux'
import { raw, uint, string, buffer, encode } from 'compact-encoding'

/** Repeatable randomness: the same seed makes the same bytes. */
export class Fuzzer {
  #state: number

  constructor(readonly seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below 1. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)]
    if (picked === undefined) throw new Error('Nothing to pick from')
    return picked
  }

  /** Mostly short, now and then as long as the limit. */
  bytes(maxLength = 64): Uint8Array {
    const length = this.below(this.random() < 0.05 ? maxLength : Math.min(64, maxLength))
    return Uint8Array.from({ length }, () => this.#byte())
  }

  /** Valid bytes with some of them changed, left out, repeated or cut off. */
  mutate(valid: Uint8Array): Uint8Array {
    let bytes = [...valid.subarray(0, 4_096)]
    const changes = 1 + this.below(4)
    for (let change = 0; change < changes; change++) {
      const at = this.below(bytes.length + 1)
      switch (this.below(5)) {
        case 0:
          bytes[Math.min(at, Math.max(0, bytes.length - 1))] = this.#byte()
          break
        case 1:
          bytes.splice(at, 1 + this.below(4))
          break
        case 2:
          bytes.splice(at, 0, ...this.bytes(16))
          break
        case 3:
          bytes = bytes.slice(0, at)
          break
        case 4:
          bytes.splice(at, 0, ...bytes.slice(at, at + this.below(32)))
          break
      }
    }
    return Uint8Array.from(bytes)
  }

  /** Values at the edges of the encodings come up more often than chance would have them. */
  #byte(): number {
    return this.random() < 0.3 ? this.pick([0, 1, 2, 3, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff]) : this.below(256)
  }
}

/** What to throw at: a connection of ours to the peer under test, and what it usually reads. */
export interface FuzzTarget {
  /** The encrypted stream below the multiplexer. */
  readonly stream: { write(frame: Uint8Array): unknown }
  readonly mux: Mux
  /** Protocols the other side pairs or opens. */
  readonly protocols: readonly string[]
  /** Valid messages of those, to mutate. */
  readonly samples: readonly Uint8Array[]
}

/** Does one hostile thing to a connection: on a channel, or with a frame below all channels. */
export function throwOnce(target: FuzzTarget, fuzzer: Fuzzer): void {
  if (fuzzer.random() < 0.5) target.stream.write(Buffer.from(hostileFrame(fuzzer, target)))
  else hostileChannel(target, fuzzer)
}

/** Opens a channel as no client of ours would, and sends what none of ours sends. */
function hostileChannel(target: FuzzTarget, fuzzer: Fuzzer): void {
  const channel = target.mux.createChannel<Uint8Array>({
    protocol: fuzzer.random() < 0.9 ? fuzzer.pick(target.protocols) : `kith/${fuzzer.below(100)}`,
    id: fuzzer.pick([null, fuzzer.bytes(16), fuzzer.bytes(64)]),
    unique: false,
    handshake: raw,
  })
  if (!channel) return
  const messages = Array.from({ length: 3 }, () => channel.addMessage<Uint8Array>({ encoding: raw }))
  channel.open(fuzzer.bytes())
  for (let count = fuzzer.below(6); count > 0; count--)
    fuzzer.pick(messages).send(hostileMessage(fuzzer, target.samples))
  if (fuzzer.random() < 0.5) channel.close()
}

export function hostileMessage(fuzzer: Fuzzer, samples: readonly Uint8Array[]): Uint8Array {
  if (fuzzer.random() < 0.2) return fuzzer.bytes(200_000)
  if (samples.length === 0 || fuzzer.random() < 0.2) return fuzzer.bytes()
  return fuzzer.mutate(fuzzer.pick(samples))
}

/** A frame of the multiplexer itself: control messages, batches, batches in batches, plain garbage. */
function hostileFrame(fuzzer: Fuzzer, target: FuzzTarget): Uint8Array {
  const protocol = fuzzer.pick(target.protocols)
  const open = join(uint8s(0, 1), number(fuzzer.below(5)), text(protocol), encode(buffer, fuzzer.bytes(16)))
  const frames: (() => Uint8Array)[] = [
    () => fuzzer.bytes(4_096),
    () => open,
    () => fuzzer.mutate(open),
    () => join(uint8s(0, fuzzer.below(5)), number(fuzzer.below(2 ** 32))),
    () => join(number(fuzzer.below(8)), number(fuzzer.below(6)), hostileMessage(fuzzer, target.samples)),
    () => batch(fuzzer, [open.subarray(1), fuzzer.bytes(), hostileMessage(fuzzer, target.samples)]),
    () => fuzzer.mutate(batch(fuzzer, [open.subarray(1), uint8s(2, fuzzer.below(9))])),
    () => nestedBatch(fuzzer.pick([1, 2, 30_000])),
  ]
  return fuzzer.pick(frames)()
}

function batch(fuzzer: Fuzzer, entries: readonly Uint8Array[]): Uint8Array {
  return join(uint8s(0, 0), number(fuzzer.below(4)), ...entries.map((entry) => encode(buffer, entry)))
}

/** A batch within a batch within a batch: without a filter it overflows the reader's stack. */
export function nestedBatch(depth: number): Uint8Array {
  // A batch (0), for session 0, with one entry that reaches to the end of the frame.
  const level = uint8s(0, 0, 0xfe, 0xff, 0xff, 0xff, 0x7f)
  return join(uint8s(0), ...Array.from({ length: depth }, () => level), uint8s(2, 1))
}

function number(value: number): Uint8Array {
  return encode(uint, value)
}

function text(value: string): Uint8Array {
  return encode(string, value)
}

function uint8s(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
