import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { KithError } from '../contract/errors.ts'
import type { EngineSign } from '../engines/engine.ts'
import { FirstTokenWatch, usualPatience } from './first-token-watch.ts'

/** 3,000 words. */
const longPrompt = 4_000
/** What a processor without a graphics card does with them. */
const longPromptMs = 51_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Watched {
  readonly look?: EngineSign | null
  readonly promptTokens?: number
  readonly tokensPerSecond?: number | null
}

/** Watches an engine that makes no token. */
function watch({ look = null, promptTokens = 20, tokensPerSecond = null }: Watched = {}) {
  const startedMs = performance.now()
  const told: { readonly stage: string; readonly atMs: number }[] = []
  let expired: { readonly error: KithError; readonly atMs: number } | null = null
  const since = (): number => Math.round(performance.now() - startedMs)
  const watching = new FirstTokenWatch({
    engine: { look: () => Promise.resolve(look) },
    ...{ model: 'm', promptTokens, tokensPerSecond, patience: usualPatience, machineName: 'Box' },
    onStage: (stage) => told.push({ stage, atMs: since() }),
    onExpire: (error) => (expired = { error, atMs: since() }),
  })
  return { watching, told, ended: () => expired }
}

describe('waiting for a first token', () => {
  it('is 30 s for an engine of which nothing is known and that shows no sign of life', async () => {
    const { ended } = watch({ promptTokens: longPrompt })
    await vi.advanceTimersByTimeAsync(29_900)
    expect(ended()).toBeNull()
    await vi.advanceTimersByTimeAsync(200)
    expect(ended()?.error).toMatchObject({ code: 'first_token_timeout', details: { machine: 'Box', seconds: 30 } })
  })

  it('goes on while a model is loaded, and tells the caller so, but not for ever', async () => {
    const { watching, told, ended } = watch({ look: 'loading' })
    watching.heard('loading')
    await vi.advanceTimersByTimeAsync(usualPatience.mostMs - 100)
    expect(ended()).toBeNull()
    expect(told.every(({ stage }) => stage === 'loading')).toBe(true)
    const gaps = told.map(({ atMs }, index) => atMs - (told[index - 1]?.atMs ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000)
    await vi.advanceTimersByTimeAsync(200)
    expect(ended()?.error.code).toBe('load_timeout')
  })

  it('goes on for a model that is loaded unseen, by an engine that answers', async () => {
    const { ended } = watch({ look: 'there' })
    await vi.advanceTimersByTimeAsync(45_000)
    expect(ended()).toBeNull()
    await vi.advanceTimersByTimeAsync(usualPatience.mostMs)
    expect(ended()?.error.code).toBe('first_token_timeout')
    expect(ended()?.atMs).toBeLessThan(160_000)
  })

  it('goes on for a long prompt of an engine that answers', async () => {
    const { ended } = watch({ look: 'there', promptTokens: longPrompt })
    await vi.advanceTimersByTimeAsync(4 * longPromptMs)
    expect(ended()).toBeNull()
  })

  it('goes on by what was measured here, although the engine says nothing', async () => {
    const tokensPerSecond = (1_000 * longPrompt) / longPromptMs
    const { ended } = watch({ promptTokens: longPrompt, tokensPerSecond })
    await vi.advanceTimersByTimeAsync(1.9 * longPromptMs)
    expect(ended()).toBeNull()
    await vi.advanceTimersByTimeAsync(0.2 * longPromptMs)
    expect(ended()?.error.code).toBe('first_token_timeout')
  })

  it('is not shorter than 30 s for a fast machine', async () => {
    const { ended } = watch({ tokensPerSecond: 10_000 })
    await vi.advanceTimersByTimeAsync(29_900)
    expect(ended()).toBeNull()
  })

  it('goes on with each sign of the request itself', async () => {
    const { watching, ended } = watch()
    for (let count = 0; count < 5; count++) {
      await vi.advanceTimersByTimeAsync(20_000)
      watching.heard('reading')
    }
    expect(ended()).toBeNull()
    await vi.advanceTimersByTimeAsync(31_000)
    expect(ended()?.atMs).toBe(130_000)
  })

  it('says how long the prompt was read, where no model was loaded for it', async () => {
    const warm = watch()
    warm.watching.heard('reading')
    const cold = watch()
    cold.watching.heard('loading')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(warm.watching.stop()).toBe(2_000)
    expect(cold.watching.stop()).toBeNull()
    await vi.advanceTimersByTimeAsync(usualPatience.mostMs)
    expect([warm.ended(), cold.ended()]).toEqual([null, null])
  })
})
