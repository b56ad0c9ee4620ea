import { describe, expect, it } from 'vitest'
import { checkWebLink } from './web-link.ts'

describe('links to the outside', () => {
  it('lets web links through', () => {
    expect(checkWebLink('https://example.org/a?b=c')).toEqual({ ok: true, value: 'https://example.org/a?b=c' })
  })

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/x',
    'kith://join/a',
    'https://u:p@example.org',
    'x',
  ])('refuses %s', (link) => {
    expect(checkWebLink(link)).toMatchObject({ ok: false, error: { code: 'url_invalid' } })
  })
})
