import { buffer, encode, uint } from 'compact-encoding'
import { describe, expect, it } from 'vitest'
import { nestedBatch } from '../testing/fuzzer.ts'
import { BatchReader, hostile, judgeFrame, type FrameJudge } from './mux-frame.ts'

/** Remembers what it was shown; a message costs what its first byte says, and 255 is hostile. */
class Witness implements FrameJudge {
  readonly seen: unknown[] = []
  open(session: number, protocol: string): number {
    this.seen.push(['open', session, protocol])
    return 0
  }
  close(session: number): void {
    this.seen.push(['close', session])
  }
  message(
    session: number,
    type: number,
    { buffer: bytes, start, end }: { buffer: Uint8Array; start: number; end: number },
  ) {
    this.seen.push([session, type, end - start])
    const cost = bytes[start] ?? 0
    return cost === 255 ? hostile : cost * 500
  }
}

function batch(...parts: (number | Uint8Array)[]): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(0, 0),
    ...parts.map((part) => (typeof part === 'number' ? encode(uint, part) : encode(buffer, part))),
  ])
}

/** All pieces of a batch; null at the end stands for a verdict of hostile. */
function pieces(frame: Uint8Array, judge: FrameJudge): (Uint8Array | null)[] {
  const reader = new BatchReader(frame, judge)
  const all: (Uint8Array | null)[] = []
  while (!reader.isDone) {
    const piece = reader.next()
    all.push(piece?.frame ?? null)
    if (!piece) break
  }
  return all
}

function isRefused(frame: Uint8Array): boolean {
  const judge = new Witness()
  const verdict = judgeFrame(frame, judge)
  return verdict === null ? pieces(frame, judge).includes(null) : verdict === hostile
}

describe('frames of the multiplexer', () => {
  it('that overflow its stack are refused, as are those that end too early', () => {
    expect(isRefused(nestedBatch(1))).toBe(false)
    expect(isRefused(nestedBatch(2))).toBe(true)
    expect(isRefused(nestedBatch(30_000))).toBe(true)
    expect(isRefused(Uint8Array.of(0, 1, 0, 1, 65, 0, 0))).toBe(true)
    expect(isRefused(Uint8Array.of(0, 1, 1, 1, 65, 0, 0))).toBe(false)
    expect(isRefused(Uint8Array.of(0, 1, 1, 200, 65))).toBe(true)
    expect(isRefused(Uint8Array.of(1, 0, 7))).toBe(false)
    expect(isRefused(Uint8Array.of(1))).toBe(true)
  })

  it('that open channels without end, or with long names, are refused', () => {
    const open = (session: number, name: number): Uint8Array =>
      Buffer.concat([
        Uint8Array.of(0, 1),
        encode(uint, session),
        encode(buffer, new Uint8Array(name)),
        Uint8Array.of(0),
      ])
    expect(isRefused(open(16_384, 20))).toBe(false)
    expect(isRefused(open(16_385, 20))).toBe(true)
    expect(isRefused(open(1, 5_000))).toBe(true)
  })

  it('of a batch are handed on as they came when they are few and cheap', () => {
    const frame = batch(3, Uint8Array.of(0, 1), Uint8Array.of(1, 2), 0, 4, Uint8Array.of(2, 3))
    const judge = new Witness()
    expect(pieces(frame, judge)).toEqual([frame])
    expect(judge.seen).toEqual([
      [3, 0, 1],
      [3, 1, 1],
      [4, 2, 1],
    ])
  })

  it('of a batch with much work come in pieces that say the same', () => {
    const message = Uint8Array.of(5, 9)
    const frame = batch(
      3,
      ...Array.from({ length: 4 }, () => message),
      0,
      7,
      ...Array.from({ length: 3 }, () => message),
    )
    const judge = new Witness()
    const [first, second, ...more] = pieces(frame, judge)
    expect(first).toEqual(batch(3, message, message))
    expect(second).toEqual(batch(3, message, message))
    expect(more).toEqual([batch(3, 0, 7, message, message), batch(7, message)])
  })

  it('of a batch of many messages come in pieces of 64', () => {
    const frame = batch(1, ...Array.from({ length: 200 }, () => Uint8Array.of(0, 0)))
    expect(pieces(frame, new Witness())).toHaveLength(4)
    const endless = batch(1, ...Array.from({ length: 16_385 }, () => Uint8Array.of(0, 0)))
    expect(isRefused(endless)).toBe(true)
    expect(isRefused(batch(1, ...Array.from({ length: 33_000 }, () => 0)))).toBe(true)
  })
})
