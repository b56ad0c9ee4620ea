import { fail, ok, type Result } from '../../contract/result.ts'
import type { Ask, Asked, MadeInvite, ManagerAction } from '../../net/manager-messages.ts'

/** The manager only writes a few records, so a longer wait means that it is gone. */
const answerDeadlineMs = 15_000

export type Managed = Result<MadeInvite | null>

/** Actions asked of a pool's manager on one connection, until they are answered. */
export class ManagerClient {
  readonly #pending = new Map<number, { end: (result: Managed) => void; timer: NodeJS.Timeout }>()
  #lastId = 0

  constructor(private readonly send: (message: Ask | Asked) => void) {}

  /** Asks the manager at the other end; `pool_manager_away` when no reply comes in time. */
  ask(blind: string, poolName: string, action: ManagerAction): Promise<Managed> {
    const askId = ++this.#lastId
    return new Promise((resolve) => {
      const away = (): void => this.#end(askId, fail('pool_manager_away', { pool: poolName }))
      this.#pending.set(askId, { end: resolve, timer: setTimeout(away, answerDeadlineMs) })
      this.send({ type: 'ask', blind, askId, action })
    })
  }

  answer(blind: string, askId: number, result: Managed): void {
    const error = result.ok ? null : result.error
    this.send({ type: 'asked', blind, askId, error, invite: result.ok ? result.value : null })
  }

  receive({ askId, error, invite }: Asked): void {
    this.#end(askId, error ? { ok: false, error } : ok(invite))
  }

  close(): void {
    for (const askId of [...this.#pending.keys()]) this.#end(askId, fail('pool_manager_away', { pool: '' }))
  }

  #end(askId: number, result: Managed): void {
    const pending = this.#pending.get(askId)
    if (!pending) return
    this.#pending.delete(askId)
    clearTimeout(pending.timer)
    pending.end(result)
  }
}
