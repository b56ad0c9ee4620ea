import { describe, expect, it } from 'vitest'
import { parseWebAddress } from './web-address.ts'

describe('links in answers', () => {
  it.each(['https://example.org/a?b=c', 'http://example.org'])('may be offered: %s', (address) => {
    expect(parseWebAddress(address)?.href).toContain('example.org')
  })

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'kith://join/x',
    'https://bank.example@evil.example/',
    '//example.org',
    'not an address',
    `https://example.org/${'a'.repeat(3_000)}`,
    undefined,
  ])('stay plain text: %s', (address) => {
    expect(parseWebAddress(address)).toBeNull()
  })
})
