import { describe, expect, it } from 'vitest'
import { servedParts } from './frames.ts'

/** A `uint` of 64 bits as compact-encoding writes one. */
const largest = [0xff, ...Array<number>(8).fill(0xff)]

describe('counts in frames', () => {
  it('are read as the largest that a number holds where they are larger: the answer still ends', () => {
    const done = servedParts.decode(Uint8Array.from([4, 0, ...largest, ...largest]))
    const usage = { promptTokens: Number.MAX_SAFE_INTEGER, completionTokens: Number.MAX_SAFE_INTEGER }
    expect(done).toEqual({ ok: true, value: { type: 'end', reason: 'stop', usage } })
    const text = servedParts.decode(Uint8Array.from([3, 1, 97, ...largest]))
    expect(text).toEqual({ ok: true, value: { type: 'text', text: 'a', tokens: Number.MAX_SAFE_INTEGER } })
  })

  it('come back as they were, of every size, and not at all where they are cut off', () => {
    for (const tokens of [0, 0xfc, 0xfd, 0xffff, 0x10000, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const frame = servedParts.encode({ type: 'text', text: 'a', tokens })
      expect(servedParts.decode(frame)).toEqual({ ok: true, value: { type: 'text', text: 'a', tokens } })
      for (let bytes = 1; bytes < frame.byteLength; bytes++) {
        expect(servedParts.decode(frame.subarray(0, bytes))).toMatchObject({ error: { code: 'protocol_error' } })
      }
    }
  })
})

it('carries tokens that are thought as tokens without text', () => {
  const thought = { type: 'reasoning', tokens: 3 } as const
  expect(servedParts.decode(servedParts.encode(thought))).toEqual({ ok: true, value: thought })
})
