import { createHash } from 'node:crypto'
import type { InviteCertificate } from './invite.ts'

/** No rule of it comes from an invite, so that one hash lets it through. */
const style = `
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 38rem; margin: 0 auto; padding: 3rem 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; }
.join { display: inline-block; margin: 1rem 0; padding: .7rem 1.4rem; border-radius: .6rem; background: #1d6b4f; color: #fff; text-decoration: none; font-weight: 600; }
.join:focus-visible { outline: 3px solid Highlight; outline-offset: 3px; }
code { display: block; padding: .8rem; border: 1px solid GrayText; border-radius: .4rem; overflow-wrap: anywhere; user-select: all; }
li { margin: .5rem 0; }
`
const styleHash = createHash('sha256').update(style).digest('base64')
/** What a browser may do with the page: nothing but show it. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`

/**
 * An invite as one page that any browser opens: who invites to what, the link, and what to do without Kith.
 *
 * It needs no script and loads nothing. Kith reads the link back from it, so the link comes first in the text.
 */
export function invitePage(invite: InviteCertificate, link: string): { fileName: string; text: string } {
  const { poolName, inviter, usesAllowed, expiresAtMs } = invite
  const pool = `<bdi>${escaped(poolName)}</bdi>`
  const heading =
    inviter === null ? `You are invited to ${pool}` : `<bdi>${escaped(inviter)}</bdi> invites you to ${pool}`
  const asked = inviter === null ? 'whoever sent you this file' : `<bdi>${escaped(inviter)}</bdi>`
  const title = inviter === null ? `You are invited to ${poolName}` : `${inviter} invites you to ${poolName}`
  const people = usesAllowed === 1 ? 'one person' : `${usesAllowed} people`
  const until = new Date(expiresAtMs).toUTCString()
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${heading}</h1>
<p>${pool} is a pool in Kith: people who know each other let their computers answer each other’s questions.</p>
<p><a class="join" href="${escaped(link)}">Join with Kith</a></p>
<p>Good for ${people}, until <time datetime="${new Date(expiresAtMs).toISOString()}">${until}</time>.</p>
<h2>If nothing happens</h2>
<ol>
<li>This computer may not have Kith yet. Ask ${asked} for it, install it, sign up, and open this page again.</li>
<li>Or open Kith, go to Pools, choose “Join with an invite”, and drop this file on it.</li>
<li>Or paste this text there:<code>${escaped(link)}</code></li>
</ol>
<p>Keep this file to yourself: whoever has it can join in your place.</p>
</body>
</html>
`
  return { fileName: `Invite to ${fileNameOf(poolName)}.html`, text }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? '')
}

/** What no file system refuses, and no reader takes for a path. */
function fileNameOf(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}\p{M} ._-]/gu, '-').replace(/^[ .]+|[ .]+$/g, '')
  return plain === '' ? 'a pool' : plain
}
