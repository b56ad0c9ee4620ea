import { EventEmitter } from 'node:events'
import type { SecretStream } from 'hyperdht'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Dials } from './dials.ts'

const low = new Uint8Array(32).fill(1)
const high = new Uint8Array(32).fill(2)

/** A connection as far as `Dials` looks at it: a real one cannot be made to be silent when it suits a test. */
class FakeStream extends EventEmitter {
  rawBytesRead = 0
  isDestroyed = false

  constructor(
    readonly publicKey: Uint8Array,
    readonly remotePublicKey: Uint8Array,
  ) {
    super()
  }

  destroy(): void {
    this.isDestroyed = true
    this.emit('close')
  }
}

let dials: Dials
let handed: unknown[]
beforeEach(() => {
  vi.useFakeTimers()
  dials = new Dials()
  handed = []
})
afterEach(() => {
  dials.close()
  vi.useRealTimers()
})

function dial(from: Uint8Array, to: Uint8Array): FakeStream {
  const stream = new FakeStream(from, to)
  dials.add(to, stream as unknown as SecretStream)
  return stream
}

function comeIn(to: Uint8Array, from: Uint8Array): FakeStream {
  const stream = new FakeStream(to, from)
  dials.receive(stream as unknown as SecretStream, (taken) => handed.push(taken))
  return stream
}

describe('a connection that comes in', () => {
  it('is handed on at once where nobody is dialled, the other dial counts, or ours has been heard from', () => {
    const first = comeIn(high, low)
    dial(low, high)
    const second = comeIn(low, high)
    dial(high, low).rawBytesRead = 1
    const third = comeIn(high, low)
    expect(handed).toEqual([first, second, third])
  })

  it('takes the place of a dial that stays silent', () => {
    const ours = dial(high, low)
    const theirs = comeIn(high, low)
    expect(handed).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect([ours.isDestroyed, handed]).toEqual([true, [theirs]])
    expect(theirs.listenerCount('error') + theirs.listenerCount('close')).toBe(0)
  })

  it('is handed on as soon as the dial fails', () => {
    const ours = dial(high, low)
    const theirs = comeIn(high, low)
    ours.destroy()
    expect(handed).toEqual([theirs])
  })

  it('is refused where the dial is heard from in time', () => {
    const ours = dial(high, low)
    const theirs = comeIn(high, low)
    ours.rawBytesRead = 1
    vi.advanceTimersByTime(1_000)
    expect([theirs.isDestroyed, ours.isDestroyed, handed]).toEqual([true, false, []])
  })

  it('that goes while it waits leaves the dial alone', () => {
    const ours = dial(high, low)
    const theirs = comeIn(high, low)
    theirs.destroy()
    vi.advanceTimersByTime(1_000)
    expect([ours.isDestroyed, handed]).toEqual([false, []])
  })

  it('is refused when the swarm is gone', () => {
    dial(high, low)
    const theirs = comeIn(high, low)
    dials.close()
    expect(theirs.isDestroyed).toBe(true)
  })
})
