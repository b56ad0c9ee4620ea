import { randomBytes } from 'node:crypto'
import { kithError, type KithError } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import type { Log } from '../../base/log.ts'
import { encodeReply } from '../messages/call-encoding.ts'
import { wireLimits } from '../wire-limits.ts'

/**
 * Stands between a peer's bytes and our handlers, one guard for each connection.
 *
 * Holepunch modules rethrow a TypeError or RangeError of a handler as an uncaught exception, which
 * would let a peer end this process. So nothing ever leaves a guarded handler by throwing.
 */
export class Guard {
  #strikes = 0

  constructor(
    private readonly peer: string,
    private readonly log: Log,
    /** Closes the connection; called once, when the strikes are used up. */
    private readonly onStruckOut: () => void,
  ) {}

  /** Counts something the peer should not have sent. */
  strike(what: string, error: KithError): void {
    this.#strikes += 1
    this.log.debug(
      { peer: this.peer, what, code: error.code, strikes: this.#strikes },
      'unreadable message from a peer',
    )
    if (this.#strikes !== wireLimits.strikes) return
    this.log.warn({ peer: this.peer, what }, 'connection closed after too many unreadable messages')
    this.run('closing the connection', this.onStruckOut)
  }

  /** Runs a handler of an event; what it throws is logged and ends here. */
  run(what: string, handler: () => void): void {
    try {
      handler()
    } catch (cause) {
      this.#bug(what, cause)
    }
  }

  /** Runs a handler of a call. Always resolves: with its result, or the coded failure of what went wrong. */
  async reply(what: string, handler: () => Promise<Result<Uint8Array>> | Result<Uint8Array>): Promise<Uint8Array> {
    try {
      const result = await handler()
      if (!result.ok && isUnreadable(result.error)) this.strike(what, result.error)
      return encodeReply(result)
    } catch (cause) {
      return encodeReply({ ok: false, error: this.#bug(what, cause) })
    }
  }

  /** A throw is our bug, but the peer that found it must not repeat it for free: it costs a strike. */
  #bug(what: string, cause: unknown): KithError {
    const reference = randomBytes(4).toString('hex')
    this.log.error({ peer: this.peer, what, reference, cause }, 'handler of a peer message threw')
    const error = kithError('internal', { reference })
    if (what !== 'closing the connection') this.strike(what, error)
    return error
  }
}

function isUnreadable(error: KithError): boolean {
  return error.code === 'protocol_error' || error.code === 'bad_request' || error.code === 'too_large'
}
