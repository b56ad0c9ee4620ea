import { describe, expect, it } from 'vitest'
import { whenAborted } from './deadline.ts'
import { linkSignals } from './linked-signal.ts'

describe('linkSignals', () => {
  it('fires with any of its sources, and at once when one has fired', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const linked = linkSignals([first.signal, second.signal])
    second.abort()
    expect(linked.signal.aborted).toBe(true)
    expect(linkSignals([second.signal]).signal.aborted).toBe(true)
  })

  it('fires after its time', async () => {
    await whenAborted(linkSignals([], 5).signal)
  })

  it('lets go when it is released', () => {
    const source = new AbortController()
    const linked = linkSignals([source.signal], 60_000)
    linked.release()
    source.abort()
    expect(linked.signal.aborted).toBe(false)
  })
})
