import { randomUUID } from 'node:crypto'
import { errors, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose'
import { z } from 'zod'
import type { SessionView } from '../contract/accounts.ts'
import { accountIdSchema, sessionIdSchema, type AccountId, type SessionId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'

export type SessionKind = SessionView['kind']

/** The holder of a token. */
export interface SessionPrincipal {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  readonly kind: SessionKind
}

export interface IssuedToken {
  readonly token: string
  readonly expiresAtMs: number
  readonly sessionId: SessionId
}

export const tokenLifetimeMs = 15 * 60_000
/** Beyond this the session idle for longest is ended. */
const maxSessions = 64
const issuer = 'kith'
const audience = 'kith/local'
const algorithm = 'EdDSA'

const claimsSchema = z.object({ sub: accountIdSchema, sid: sessionIdSchema, jti: z.uuid() })

interface Session extends SessionPrincipal {
  /** Id of the only valid token; null for a session this process holds. */
  tokenId: string | null
  readonly startedAtMs: number
  seenAtMs: number
  expiresAtMs: number
}

/**
 * Who is logged in to this install: the window, commands, and programs with a token.
 *
 * Tokens are JWTs signed with a key made at start, so tokens of an earlier run are invalid. Sessions are kept
 * in memory: ending one ends its token at once, and renewing a token ends the one before.
 */
export class SessionTokens {
  readonly #sessions = new Map<SessionId, Session>()
  readonly #now: () => number
  #keys: Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> | null = null

  constructor(
    /** Sessions were opened, ended or renewed. */
    private readonly onChange: () => void,
    now: () => number = Date.now,
  ) {
    this.#now = now
  }

  /** A session with a token, for a program. */
  async open(accountId: AccountId, kind: SessionKind): Promise<IssuedToken> {
    const session = this.#add(accountId, kind)
    return this.#issue(session)
  }

  /** A session of the window or a command, which this process holds itself: no token leaves it. */
  hold(accountId: AccountId, kind: SessionKind): SessionId {
    return this.#add(accountId, kind).sessionId
  }

  /** Fails with `session_invalid` or `session_expired`. */
  async verify(token: string): Promise<Result<SessionPrincipal>> {
    const session = await this.#read(token)
    if (!session.ok) return session
    session.value.seenAtMs = this.#now()
    const { sessionId, accountId, kind } = session.value
    return ok({ sessionId, accountId, kind })
  }

  /** Exchanges a valid token for a new one; the old one is invalid afterwards. */
  async renew(token: string): Promise<Result<IssuedToken>> {
    const session = await this.#read(token)
    return session.ok ? ok(await this.#issue(session.value)) : session
  }

  async close(token: string): Promise<Result<void>> {
    const session = await this.#read(token)
    return session.ok ? this.end(session.value.sessionId) : session
  }

  end(sessionId: SessionId): Result<void> {
    if (!this.#sessions.delete(sessionId)) return fail('session_invalid')
    this.onChange()
    return ok()
  }

  endAll(except: SessionId | null = null): void {
    for (const sessionId of [...this.#sessions.keys()]) if (sessionId !== except) this.#sessions.delete(sessionId)
    this.onChange()
  }

  has(sessionId: SessionId): boolean {
    return this.#sessions.has(sessionId)
  }

  /** Marks a session as active now. */
  touch(sessionId: SessionId): void {
    const session = this.#sessions.get(sessionId)
    if (session) session.seenAtMs = this.#now()
  }

  /** Renews the sessions this process holds, and drops those whose token has run out. */
  tick(): void {
    const nowMs = this.#now()
    let hasChanged = false
    for (const session of [...this.#sessions.values()]) {
      if (session.tokenId === null) {
        if (session.expiresAtMs - nowMs > tokenLifetimeMs / 2) continue
        session.expiresAtMs = nowMs + tokenLifetimeMs
      } else if (session.expiresAtMs > nowMs || !this.#sessions.delete(session.sessionId)) continue
      hasChanged = true
    }
    if (hasChanged) this.onChange()
  }

  views(): SessionView[] {
    return [...this.#sessions.values()].map(({ sessionId, kind, startedAtMs, seenAtMs, expiresAtMs }) => ({
      sessionId,
      kind,
      startedAtMs,
      seenAtMs,
      expiresAtMs,
    }))
  }

  #add(accountId: AccountId, kind: SessionKind): Session {
    const [silent] = [...this.#sessions.values()].sort((left, right) => left.seenAtMs - right.seenAtMs)
    if (silent && this.#sessions.size >= maxSessions) this.#sessions.delete(silent.sessionId)
    const nowMs = this.#now()
    const session: Session = {
      sessionId: sessionIdSchema.parse(randomUUID()),
      accountId,
      kind,
      tokenId: null,
      startedAtMs: nowMs,
      seenAtMs: nowMs,
      expiresAtMs: nowMs + tokenLifetimeMs,
    }
    this.#sessions.set(session.sessionId, session)
    this.onChange()
    return session
  }

  async #issue(session: Session): Promise<IssuedToken> {
    const nowMs = this.#now()
    session.tokenId = randomUUID()
    session.seenAtMs = nowMs
    session.expiresAtMs = nowMs + tokenLifetimeMs
    const { sessionId, accountId, expiresAtMs, tokenId } = session
    const { privateKey } = await this.#keyPair()
    const token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(accountId)
      .setJti(tokenId)
      .setIssuedAt(Math.floor(nowMs / 1_000))
      .setExpirationTime(Math.floor(expiresAtMs / 1_000))
      .sign(privateKey)
    this.onChange()
    return { token, expiresAtMs, sessionId }
  }

  async #read(token: string): Promise<Result<Session>> {
    const { publicKey } = await this.#keyPair()
    const currentDate = new Date(this.#now())
    try {
      const checked = await jwtVerify(token, publicKey, { issuer, audience, algorithms: [algorithm], currentDate })
      const claims = claimsSchema.safeParse(checked.payload)
      const session = claims.success ? this.#sessions.get(claims.data.sid) : undefined
      if (!claims.success || !session) return fail('session_invalid')
      const isGood = session.tokenId === claims.data.jti && session.accountId === claims.data.sub
      return isGood ? ok(session) : fail('session_invalid')
    } catch (cause) {
      // The signature is checked before the time: only a token of ours can be expired.
      return fail(cause instanceof errors.JWTExpired ? 'session_expired' : 'session_invalid')
    }
  }

  #keyPair(): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
    this.#keys ??= generateKeyPair(algorithm, { crv: 'Ed25519' })
    return this.#keys
  }
}
