import { describe, expect, it } from 'vitest'
import type { DeviceId } from '../../contract/ids.ts'
import { mostPromptTokens, PromptEstimates, type CountedPrompt } from './prompt-estimates.ts'

const machine = 'ab'.repeat(32) as DeviceId
const other = 'cd'.repeat(32) as DeviceId
const prompt = (...texts: string[]): CountedPrompt => ({
  model: 'm',
  turns: texts.map((text, index) => ({ role: index % 2 ? 'assistant' : 'user', text })),
})
const words = 'some words '.repeat(100)

describe('an estimate of a prompt', () => {
  it('sets aside a token for each byte, whatever was learned of the model', () => {
    const estimates = new PromptEstimates()
    for (let index = 0; index < 100; index++) estimates.learn(prompt(`${words}${index}`), machine, 250)
    expect(estimates.most(prompt('#'.repeat(5_000)))).toBeGreaterThanOrEqual(5_000)
    expect(estimates.most(prompt('漢'.repeat(500)))).toBeGreaterThanOrEqual(1_500)
  })

  it('learns how much text a token holds: dense text at once, and never more than four bytes', () => {
    const estimates = new PromptEstimates()
    for (let index = 0; index < 100; index++) estimates.learn(prompt(words), machine, 1)
    expect(estimates.likely(prompt(words))).toBeGreaterThanOrEqual(words.length / 4 + 72)
    expect(estimates.likely(prompt(words))).toBeLessThanOrEqual(words.length / 4 + 74)
    estimates.learn(prompt(words), machine, words.length + 8)
    estimates.learn(prompt(words), machine, words.length + 8)
    expect(estimates.likely(prompt(words))).toBeGreaterThan(words.length / 2)
    for (let index = 0; index < 100; index++) estimates.learn(prompt(words), machine, 5_000_000)
    expect(estimates.likely(prompt(words))).toBeLessThanOrEqual(words.length + 73)
  })

  it('lets no machine that counts too much keep prompts out that others count', () => {
    const estimates = new PromptEstimates()
    for (let index = 0; index < 20; index++) {
      estimates.learn(prompt(words), machine, 283)
      estimates.learn(prompt(words), other, words.length)
    }
    expect(estimates.likely(prompt(words))).toBeLessThan(words.length / 3 + 72)
  })

  it('learns what a template adds, within bounds, and forgets what one prompt alone has shown', () => {
    const estimates = new PromptEstimates()
    const hello = prompt('hello')
    estimates.learn(hello, machine, 400)
    expect(estimates.most(hello)).toBeGreaterThanOrEqual(400)
    estimates.learn(hello, machine, 4_000)
    expect(estimates.most(hello)).toBeLessThanOrEqual(5 + 8 + 1_024)
    for (let index = 0; index < 40; index++) estimates.learn(hello, machine, 20)
    expect(estimates.most(hello)).toBeLessThanOrEqual(mostPromptTokens(hello.turns) + 3)
  })

  it('takes the part of a conversation that a machine has counted as that machine counted it, and no other', () => {
    const estimates = new PromptEstimates()
    estimates.learn(prompt(words), machine, 275)
    const longer = prompt(words, 'yes', 'and then?')
    expect(estimates.careful(longer, machine)).toBe(275 + 3 + 9 + 16)
    expect(estimates.careful(longer, other)).toBe(estimates.most(longer))
    expect(estimates.careful({ ...longer, model: 'n' }, machine)).toBe(estimates.most(longer))
    expect(estimates.careful(prompt(`${words}!`), machine)).toBe(estimates.most(prompt(`${words}!`)))
  })

  it('keeps a bounded number of models and prompts', () => {
    const estimates = new PromptEstimates()
    estimates.learn(prompt(words), machine, 275)
    for (let index = 0; index < 2_100; index++)
      estimates.learn({ ...prompt(`${index}`), model: `m${index}` }, machine, 9)
    expect(estimates.careful(prompt(words), machine)).toBe(mostPromptTokens(prompt(words).turns))
  })
})
