import type { DeviceId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import type { Result } from '../../contract/result.ts'
import type { LookReply } from '../../protocol/messages/lease-messages.ts'
import { heldLimits } from '../limit-names.ts'
import { subjectText } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { freshMs } from '../times.ts'

export interface RemoteLimitStatesOptions {
  readonly nowMs: () => number
  readonly isReachable: (deviceId: DeviceId) => boolean
  readonly look: (grantor: DeviceId, subject: LimitSubject) => Promise<Result<LookReply>>
  readonly onChange: (subject: LimitSubject) => void
}

/** What is known of one subject's limits. */
interface Known {
  readonly subject: LimitSubject
  terms: LimitTerms
  states: readonly LimitState[]
  /** When the grantor was last asked; null while it has not been. */
  askedMs: number | null
  isAsking: boolean
  /** Something was used while a reply was under way. */
  isOutdated: boolean
}

/**
 * How limits stand that this device holds nothing of, asked of their grantors: a member's own plan above all,
 * which is held by the machines that serve the member.
 */
export class RemoteLimitStates {
  readonly #entries = new Map<string, Known>()
  #isStopped = false

  constructor(private readonly options: RemoteLimitStatesOptions) {}

  /** How the limits stand as last entry. Asks in the background where that is long ago. */
  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const entry = this.#of(subject, terms)
    const nowMs = this.options.nowMs()
    if (entry.askedMs === null || nowMs - entry.askedMs >= freshMs || nowMs < entry.askedMs) this.#ask(entry)
    if (entry.states.length === 0) return null
    return heldLimits(terms.limits).flatMap(([name, limit]) => {
      const known = entry.states.find((state) => state.name === name)
      // A window that is over says nothing about the next one.
      if (!known || (known.resetsAtMs !== null && known.resetsAtMs <= nowMs)) return []
      return [{ ...known, limit, left: Math.max(0, limit - known.used) }]
    })
  }

  /** Something was used: what was looked at before is asked for again. */
  refresh(): void {
    for (const entry of this.#entries.values()) this.#ask(entry)
  }

  stop(): void {
    this.#isStopped = true
  }

  #of(subject: LimitSubject, terms: LimitTerms): Known {
    const text = subjectText(subject)
    const known = this.#entries.get(text)
    if (known) {
      known.terms = terms
      return known
    }
    const entry: Known = { subject, terms, states: [], askedMs: null, isAsking: false, isOutdated: false }
    this.#entries.set(text, entry)
    return entry
  }

  #ask(entry: Known): void {
    const [grantor] = entry.terms.grantors
    if (grantor === undefined || heldLimits(entry.terms.limits).length === 0) return
    if (this.#isStopped || !this.options.isReachable(grantor)) return
    if (entry.isAsking) {
      entry.isOutdated = true
      return
    }
    entry.isAsking = true
    entry.askedMs = this.options.nowMs()
    this.options.look(grantor, entry.subject).then(
      (reply) => this.#take(entry, reply),
      () => this.#take(entry, null),
    )
  }

  #take(entry: Known, reply: Result<LookReply> | null): void {
    entry.isAsking = false
    if (this.#isStopped) return
    if (reply?.ok) {
      // The grantor's clock decides the windows; here they are shown by ours.
      const aheadMs = reply.value.nowMs - this.options.nowMs()
      entry.states = reply.value.states.map((state) => ({
        ...state,
        resetsAtMs: state.resetsAtMs === null ? null : state.resetsAtMs - aheadMs,
      }))
      this.options.onChange(entry.subject)
    }
    if (!entry.isOutdated) return
    entry.isOutdated = false
    this.#ask(entry)
  }
}
