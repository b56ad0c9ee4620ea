import { describe, expect, it } from 'vitest'
import { isTrustedSender } from './sender.ts'

const page = { url: 'app://kith/index.html' }
const own = new Set([7])

describe('the sender of a message', () => {
  it('is trusted when it is the page of one of our windows', () => {
    expect(isTrustedSender({ sender: { id: 7, mainFrame: page }, senderFrame: page }, own)).toBe(true)
  })

  it('is refused when it is a sub-frame, a foreign page, another window or gone', () => {
    const foreign = { url: 'https://example.org/' }
    expect(isTrustedSender({ sender: { id: 7, mainFrame: page }, senderFrame: { ...page } }, own)).toBe(false)
    expect(isTrustedSender({ sender: { id: 7, mainFrame: foreign }, senderFrame: foreign }, own)).toBe(false)
    expect(isTrustedSender({ sender: { id: 8, mainFrame: page }, senderFrame: page }, own)).toBe(false)
    expect(isTrustedSender({ sender: { id: 7, mainFrame: page }, senderFrame: null }, own)).toBe(false)
  })
})
