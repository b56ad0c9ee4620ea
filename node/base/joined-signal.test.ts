import { describe, expect, it } from 'vitest'
import { whenAborted } from './deadline.ts'
import { joinSignals } from './joined-signal.ts'

describe('joinSignals', () => {
  it('fires with the first of its sources, for its reason', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const joined = joinSignals([first.signal, second.signal])
    second.abort('the second')
    first.abort('the first')
    expect(joined.aborted).toBe(true)
    expect(joined.reason).toBe('the second')
  })

  it('has fired from the start where a source has', () => {
    const joined = joinSignals([AbortSignal.abort('before'), new AbortController().signal], 60_000)
    expect(joined.reason).toBe('before')
    joined.clear()
  })

  it('fires after its time, and says that it was the time', async () => {
    const joined = joinSignals([new AbortController().signal], 5)
    await whenAborted(joined)
    expect(joined.reason).toMatchObject({ name: 'TimeoutError' })
    joined.clear()
  })

  it('lets go when it is cleared', async () => {
    const source = new AbortController()
    const joined = joinSignals([source.signal], 5)
    joined.clear()
    source.abort()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(joined.aborted).toBe(false)
  })

  it('does not warn where many are joined to one source', async () => {
    const warnings: string[] = []
    const hear = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', hear)
    const source = new AbortController()
    const joined = Array.from({ length: 30 }, () => joinSignals([source.signal]))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', hear)
    for (const signal of joined) signal.clear()
    expect(warnings).toEqual([])
  })
})
