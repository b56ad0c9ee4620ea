import { hasSentenceForServer, kithError, type ErrorCode, type KithError } from '../contract/errors.ts'
import type { AccountId } from '../contract/ids.ts'

/** One notice of a kind in this time: who asks again and again must not fill the owner's window. */
const pauseMs = 60_000

/** Tells the owner of this computer that an engine failed while it answered somebody else. */
export class FailedForOthers {
  readonly #toldAtMs = new Map<ErrorCode, number>()

  constructor(
    private readonly nameOf: (accountId: AccountId) => string | null,
    private readonly notify: (error: KithError) => void,
    private readonly nowMs: () => number = Date.now,
  ) {}

  readonly tell = ({ code, details }: KithError, accountId: AccountId): void => {
    const nowMs = this.nowMs()
    const isTold = nowMs - (this.#toldAtMs.get(code) ?? -pauseMs) < pauseMs
    if (isTold || !hasSentenceForServer(code)) return
    this.#toldAtMs.set(code, nowMs)
    this.notify(kithError(code, { ...details, asker: this.nameOf(accountId) ?? 'somebody else' }))
  }
}
