import { expect, it } from 'vitest'
import { wireLimits } from '../wire-limits.ts'
import { TokenWriter } from './token-writer.ts'

/** A writer whose connection takes all, and what becomes of a caller that gives no credit. */
function unreadWriter() {
  const sent: Uint8Array[] = []
  let onUnread = (): void => undefined
  const unread = new Promise<void>((resolve) => (onUnread = resolve))
  const writer = new TokenWriter({ send: (frame) => sent.push(frame) > 0, onUnread: () => onUnread(), unreadMs: 30 })
  const fill = async (): Promise<void> => {
    const text = 'x'.repeat(wireLimits.frameTextUnits)
    for (let bytes = 0; bytes <= wireLimits.windowBytes + text.length; bytes += text.length) {
      await writer.write({ type: 'text', text, tokens: 1 })
    }
  }
  return { writer, unread, fill, sent }
}

it('tells of a caller that takes nothing of what waits for it, and lets go when it is closed', async () => {
  const { writer, unread, fill, sent } = unreadWriter()
  const filled = fill()
  await unread
  const sentFrames = sent.length
  writer.close()
  await filled
  expect(sent.length).toBe(sentFrames)
})

it('goes on where the caller reads in time', async () => {
  const { writer, fill, sent } = unreadWriter()
  const filled = fill()
  // One frame is read: there is room for the rest.
  while (sent.length < wireLimits.windowBytes / wireLimits.frameTextUnits) await new Promise(setImmediate)
  expect(writer.credit(2 * wireLimits.frameTextUnits)).toBe(true)
  await filled
  writer.close()
})
