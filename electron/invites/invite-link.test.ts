import { describe, expect, it } from 'vitest'
import { findInviteLink, parseInviteLink } from './invite-link.ts'

describe('invite links from outside', () => {
  it('takes a link of ours, whatever the case of the scheme', () => {
    expect(parseInviteLink('kith://join/abc-DEF_123')).toBe('kith://join/abc-DEF_123')
    expect(parseInviteLink(' KITH://join/abc ')).toBe('kith://join/abc')
  })

  it.each([
    'https://join/abc',
    'kith://join/',
    'kith://quit/abc',
    'kith://join/a b',
    'kith://join/<script>',
    'kith://join/a\nb',
    `kith://join/${'a'.repeat(4_000)}`,
    42,
    null,
  ])('refuses %s', (text) => {
    expect(parseInviteLink(text)).toBeNull()
  })

  it('finds the link between the flags of a start', () => {
    expect(findInviteLink(['/usr/bin/kith', '--hidden', 'kith://join/abc', '--profile', 'x'])).toBe('kith://join/abc')
    expect(findInviteLink(['/usr/bin/kith', '--hidden'])).toBeNull()
  })
})
