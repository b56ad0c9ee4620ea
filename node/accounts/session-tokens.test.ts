import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { accountIdSchema } from '../contract/ids.ts'
import { codeOf, valueOf } from './testing/account-fixture.ts'
import { SessionTokens, tokenLifetimeMs } from './session-tokens.ts'

const accountId = accountIdSchema.parse('ab'.repeat(32))

function make(): { tokens: SessionTokens; clock: { nowMs: number }; changes: () => number } {
  const clock = { nowMs: Date.UTC(2026, 10, 1) }
  let changes = 0
  const tokens = new SessionTokens(
    () => (changes += 1),
    () => clock.nowMs,
  )
  return { tokens, clock, changes: () => changes }
}

describe('a session token', () => {
  it('says whose it is until it expires, and the signing key stays in this run', async () => {
    const { tokens, clock } = make()
    const { token, sessionId, expiresAtMs } = await tokens.open(accountId, 'http')
    expect(expiresAtMs).toBe(clock.nowMs + tokenLifetimeMs)
    expect(valueOf(await tokens.verify(token))).toEqual({ sessionId, accountId, kind: 'http' })
    expect(codeOf(await make().tokens.verify(token))).toBe('session_invalid')
    clock.nowMs += tokenLifetimeMs
    expect(codeOf(await tokens.verify(token))).toBe('session_expired')
    expect(codeOf(await tokens.renew(token))).toBe('session_expired')
  })

  it('is replaced by a renewal: the one before is no longer good', async () => {
    const { tokens, clock } = make()
    const first = await tokens.open(accountId, 'http')
    clock.nowMs += tokenLifetimeMs - 1_000
    const second = valueOf(await tokens.renew(first.token))
    expect(second.sessionId).toBe(first.sessionId)
    expect(codeOf(await tokens.verify(first.token))).toBe('session_invalid')
    expect(codeOf(await tokens.renew(first.token))).toBe('session_invalid')
    clock.nowMs += tokenLifetimeMs - 1_000
    expect(codeOf(await tokens.verify(second.token))).toBe('ok')
  })

  it('ends with its session: closed, ended, or ended with all others', async () => {
    const { tokens } = make()
    const [one, two, three] = [
      await tokens.open(accountId, 'http'),
      await tokens.open(accountId, 'command'),
      await tokens.open(accountId, 'http'),
    ]
    valueOf(await tokens.close(one.token))
    expect(codeOf(await tokens.close(one.token))).toBe('session_invalid')
    tokens.endAll(three.sessionId)
    expect(codeOf(await tokens.verify(two.token))).toBe('session_invalid')
    expect(codeOf(await tokens.verify(three.token))).toBe('ok')
    expect(codeOf(tokens.end(three.sessionId))).toBe('ok')
    expect(tokens.views()).toEqual([])
  })

  it('is refused when forged: another key, no signature, another audience, another session', async () => {
    const { tokens, clock } = make()
    const { token, sessionId } = await tokens.open(accountId, 'http')
    const [header = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey)
    const changed = Buffer.from(JSON.stringify({ ...claims, exp: clock.nowMs })).toString('base64url')
    const forged = [
      signed,
      new UnsecuredJWT(claims).encode(),
      `${header}.${changed}.${signature}`,
      `${header}.${payload}.`,
      token.slice(0, -2),
      'rubbish',
      '',
      `${'a'.repeat(1_000)}.b.c`,
    ]
    for (const text of forged) expect(codeOf(await tokens.verify(text))).toBe('session_invalid')
    expect(tokens.has(sessionId)).toBe(true)
    expect(codeOf(await tokens.verify(token))).toBe('ok')
  })

  it('holds sessions of this process without a token, renewed as long as it runs', async () => {
    const { tokens, clock, changes } = make()
    const held = tokens.hold(accountId, 'window')
    const { token } = await tokens.open(accountId, 'http')
    const before = changes()
    clock.nowMs += tokenLifetimeMs + 1
    tokens.tick()
    expect(changes()).toBe(before + 1)
    expect(tokens.views()).toMatchObject([
      { sessionId: held, kind: 'window', expiresAtMs: clock.nowMs + tokenLifetimeMs },
    ])
    expect(codeOf(await tokens.verify(token))).toBe('session_expired')
  })

  it('keeps at most 64 sessions: the longest silent makes room', async () => {
    const { tokens, clock } = make()
    const first = tokens.hold(accountId, 'window')
    const second = tokens.hold(accountId, 'command')
    for (let count = 0; count < 63; count++) {
      clock.nowMs += 1
      tokens.touch(first)
      tokens.hold(accountId, 'http')
    }
    expect(tokens.views()).toHaveLength(64)
    expect([tokens.has(first), tokens.has(second)]).toEqual([true, false])
  })
})
