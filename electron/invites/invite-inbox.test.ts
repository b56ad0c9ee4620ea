import { describe, expect, it } from 'vitest'
import { InviteInbox } from './invite-inbox.ts'

describe('an invite link from outside', () => {
  it('waits for the page that takes it, once', () => {
    const inbox = new InviteInbox(() => expect.unreachable())
    expect(inbox.receive('kith://join/abc')).toBe(true)
    expect(inbox.take()).toBe('kith://join/abc')
    expect(inbox.take()).toBeNull()
  })

  it('goes straight to a page that listens, and waits again once that is gone', () => {
    const sent: string[] = []
    const inbox = new InviteInbox((link) => sent.push(link))
    inbox.take()
    inbox.receive('kith://join/one')
    inbox.pageGone()
    inbox.receive('kith://join/two')
    expect(sent).toEqual(['kith://join/one'])
    expect(inbox.take()).toBe('kith://join/two')
  })

  it('is dropped when it is none', () => {
    const inbox = new InviteInbox(() => expect.unreachable())
    expect(inbox.receive('kith://format/disk')).toBe(false)
    expect(inbox.take()).toBeNull()
  })
})
