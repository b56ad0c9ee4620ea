import { fail, ok, type Result } from '../../contract/result.ts'
import type { Ask, Asked, AskedAction, MadeInvite, Successor } from '../../net/manager-messages.ts'

/** The manager only writes a few records, so a longer wait means that it is gone. */
const answerDeadlineMs = 15_000

export type Managed = Result<MadeInvite | null>
/** The same where the manager asks a device that is to be the next one. */
export type Answered = Result<MadeInvite | Successor | null>

/** What was asked of the device at the other end of one connection, until it is answered: mostly of a pool's manager. */
export class ManagerClient {
  readonly #pending = new Map<number, { end: (result: Answered) => void; timer: NodeJS.Timeout }>()
  #lastId = 0

  constructor(private readonly send: (message: Ask | Asked) => void) {}

  /** Asks the manager at the other end; `pool_manager_away` when no reply comes in time. */
  ask(blind: string, poolName: string, action: AskedAction): Promise<Answered> {
    const askId = ++this.#lastId
    return new Promise((resolve) => {
      const away = (): void => this.#end(askId, fail('pool_manager_away', { pool: poolName }))
      this.#pending.set(askId, { end: resolve, timer: setTimeout(away, answerDeadlineMs) })
      this.send({ type: 'ask', blind, askId, action })
    })
  }

  answer(blind: string, askId: number, result: Answered): void {
    const error = result.ok ? null : result.error
    const value = result.ok ? result.value : null
    const successor = value && 'authority' in value ? value : null
    const invite = value && !('authority' in value) ? value : null
    this.send({ type: 'asked', blind, askId, error, invite, successor })
  }

  receive({ askId, error, invite, successor }: Asked): void {
    this.#end(askId, error ? { ok: false, error } : ok(invite ?? successor))
  }

  close(): void {
    for (const askId of [...this.#pending.keys()]) this.#end(askId, fail('pool_manager_away', { pool: '' }))
  }

  #end(askId: number, result: Answered): void {
    const pending = this.#pending.get(askId)
    if (!pending) return
    this.#pending.delete(askId)
    clearTimeout(pending.timer)
    pending.end(result)
  }
}
