import { describe, expect, it } from 'vitest'
import { planIdSchema } from '../../contract/ids.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { deviceIdOf, poolIdOf } from '../ids.ts'
import { inviteLink, openInviteLink } from './invite-link.ts'
import { invitePage } from './invite-page.ts'
import { createInvite } from './invite.ts'

const poolKey = keyPairFromSeed(randomBytes(32))
const nowMs = Date.UTC(2026, 10, 30, 12)

function page(poolName: string, inviter: string): { fileName: string; text: string; link: string } {
  const made = createInvite(poolKey, {
    pool: poolIdOf(poolKey.publicKey),
    generation: 0,
    poolName,
    inviter,
    role: 'member',
    plan: planIdSchema.parse('default'),
    usesAllowed: 1,
    createdAtMs: nowMs,
    lifetimeMs: 86_400_000,
    writerDevice: deviceIdOf(randomBytes(32)),
  })
  const link = inviteLink(made)
  const opened = openInviteLink(link, nowMs)
  if (!opened.ok) throw new Error(opened.error.code)
  return { ...invitePage(opened.value.certificate, link), link }
}

describe('an invite as a page', () => {
  it('says who invites to what and until when, with the link to click and to copy', () => {
    const { fileName, text, link } = page('Friends', 'ada')
    expect(fileName).toBe('Invite to Friends.html')
    expect(text).toContain('<title>ada invites you to Friends</title>')
    expect(text).toContain('Tue, 01 Dec 2026 12:00:00 GMT')
    expect(text.split(link)).toHaveLength(3)
    expect(openInviteLink(text, nowMs).ok).toBe(true)
  })

  it('needs no script and loads nothing, and says so to the browser', () => {
    const { text, link } = page('Friends', 'ada')
    expect(text).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]{44}'; base-uri/,
    )
    expect(text).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\son\w+=|style="/i)
    expect([...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address)).toEqual([link])
    expect(text).not.toMatch(/https?:/)
  })

  it('shows names as text, whatever they hold, and makes a file name of them', () => {
    const { fileName, text } = page('../<b>"&\'\u202e', '<script>alert(1)</script>')
    expect(text).not.toMatch(/<script|<b>/)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).toContain('&lt;b&gt;&quot;&amp;&#39;')
    expect(fileName).toBe('Invite to --b-----.html')
    expect(page('...', 'ada').fileName).toBe('Invite to a pool.html')
  })
})
