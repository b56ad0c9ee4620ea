import type { PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { PoolMessage } from '../../net/pool-messages.ts'
import type { Pool } from '../pool/pool.ts'
import { signedToText } from '../pool/signed-text.ts'

/** What this install tells the device at the other end of a connection about their pools; each thing once. */
export class Outbox {
  readonly #statements = new Map<PoolId, SignedBytes>()
  readonly #headers = new Map<PoolId, SignedBytes>()
  /** Called once the other side has taken our leave of a pool, or is gone. */
  readonly #leaveTaken = new Map<PoolId, () => void>()

  constructor(
    private readonly send: (message: PoolMessage) => void,
    /** The pool's name on this connection, as the other side recognises it. */
    private readonly blind: (pool: Pool) => string,
  ) {}

  /** Lets the other side in, with the header it is let in under. */
  admit(pool: Pool): void {
    const header = pool.signedHeader
    if (header) this.#headers.set(pool.poolId, header)
    this.send({ type: 'admit', blind: this.blind(pool), header: header ? signedToText(header) : null })
  }

  /** A header that is newer than the one it was let in under. */
  header(pool: Pool): void {
    const header = pool.signedHeader
    if (!header || this.#headers.get(pool.poolId) === header) return
    this.#headers.set(pool.poolId, header)
    this.send({ type: 'header', blind: this.blind(pool), header: signedToText(header) })
  }

  /** Which cores we write: others in each epoch. */
  statement(pool: Pool): void {
    const { statement } = pool
    if (!statement || this.#statements.get(pool.poolId) === statement) return
    this.#statements.set(pool.poolId, statement)
    this.send({ type: 'statement', blind: this.blind(pool), statement: signedToText(statement) })
  }

  leave(pool: Pool, leave: SignedBytes): void {
    this.send({ type: 'leave', blind: this.blind(pool), leave: signedToText(leave) })
  }

  /** Tells that our own account leaves. Resolves when the other side has taken it, or is gone. */
  ownLeave(pool: Pool, leave: SignedBytes): Promise<void> {
    return new Promise((resolve) => {
      this.#leaveTaken.set(pool.poolId, resolve)
      this.leave(pool, leave)
    })
  }

  leaveWasTaken(pool: Pool): void {
    this.#leaveTaken.get(pool.poolId)?.()
  }

  closed(): void {
    for (const taken of this.#leaveTaken.values()) taken()
  }
}
