import { describe, expect, it } from 'vitest'
import { isModestJson } from './json-shape.ts'

describe('the shape of JSON', () => {
  it.each([
    ['nothing', ''],
    ['a long text', JSON.stringify({ a: '[{,"\\'.repeat(500_000) })],
    ['backslashes before the end of a string', '{"a":"\\\\","b":"\\\\\\"[[["}'],
    ['a hundred levels', '['.repeat(100) + ']'.repeat(100)],
    [
      'thousands of messages',
      JSON.stringify(Array(2_000).fill({ role: 'user', content: [{ type: 'text', text: 'x' }] })),
    ],
    ['half a string', '{"a":"['],
  ])('is modest: %s', (_what, text) => {
    expect(isModestJson(text)).toBe(true)
  })

  it.each([
    ['deep', '['.repeat(101)],
    ['deep in turns', '{"a":['.repeat(60)],
    ['wide', `[${'0,'.repeat(100_001)}0]`],
    ['wide in short lists', '[],'.repeat(60_000)],
    ['deep behind a string that is hard to read', `["\\\\\\"",${'['.repeat(200)}`],
  ])('is not modest: %s', (_what, text) => {
    expect(isModestJson(text)).toBe(false)
  })

  it('is found out quickly, whatever the text', () => {
    const size = 4 * 1024 * 1024
    const texts = ['"', '\\"', '"\\', '[]', '\\'].map((part) => part.repeat(size / part.length))
    texts.push(`"${'\\'.repeat(size)}"`, `"${'\\"'.repeat(size / 2)}`, `"${'\\\\"'.repeat(size / 3)}`)
    for (const text of texts) {
      const beganMs = performance.now()
      isModestJson(text)
      expect(performance.now() - beganMs).toBeLessThan(2_000)
    }
  })
})
