import type { PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { PoolMessage } from '../../net/pool-messages.ts'
import type { Pool } from '../pool/pool.ts'
import { signedToText } from '../pool/signed-text.ts'

/** Sends pool records to the device at the other end of a connection; statements and headers only when they change. */
export class Outbox {
  readonly #statements = new Map<PoolId, SignedBytes>()
  readonly #headers = new Map<PoolId, SignedBytes>()
  readonly #authority = new Map<PoolId, string>()
  /** Called once the other side has acknowledged our leave of a pool, or the connection is closed. */
  readonly #leaveTaken = new Map<PoolId, () => void>()

  constructor(
    private readonly send: (message: PoolMessage) => void,
    /** The pool's blinded name on this connection, as we send it. */
    private readonly blind: (pool: Pool) => string,
  ) {}

  /** Admits the other side, and sends it the current header. */
  admit(pool: Pool): void {
    const header = pool.signedHeader
    if (header) this.#headers.set(pool.poolId, header)
    this.send({ type: 'admit', blind: this.blind(pool), header: header ? signedToText(header) : null })
  }

  /** Sends who speaks for the pool if that is not its own key, and has changed since it was last sent. */
  authority(pool: Pool): void {
    const { generation, records } = pool.authority
    const ending = records.ending && signedToText(records.ending)
    const known = `${generation}/${ending === null ? 'stands' : 'ended'}`
    if ((generation === 0 && ending === null) || this.#authority.get(pool.poolId) === known) return
    this.#authority.set(pool.poolId, known)
    const successions = records.successions.map(signedToText)
    this.send({ type: 'authority', blind: this.blind(pool), successions, ending })
  }

  /** Sends the header if it has changed since the last one sent. */
  header(pool: Pool): void {
    const header = pool.signedHeader
    if (!header || this.#headers.get(pool.poolId) === header) return
    this.#headers.set(pool.poolId, header)
    this.send({ type: 'header', blind: this.blind(pool), header: signedToText(header) })
  }

  /** Sends which cores we write if that has changed; it does in each epoch. */
  statement(pool: Pool): void {
    const { statement } = pool
    if (!statement || this.#statements.get(pool.poolId) === statement) return
    this.#statements.set(pool.poolId, statement)
    this.send({ type: 'statement', blind: this.blind(pool), statement: signedToText(statement) })
  }

  leave(pool: Pool, leave: SignedBytes): void {
    this.send({ type: 'leave', blind: this.blind(pool), leave: signedToText(leave) })
  }

  /** Sends our own account's leave. Resolves when it is acknowledged or the connection is closed. */
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
