import type { DeviceId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import type { Result } from '../../contract/result.ts'
import type { LookReply } from '../../protocol/messages/lease-messages.ts'
import { heldLimits } from '../limit-names.ts'
import { subjectText } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { freshMs } from '../times.ts'

export interface ToldStatesOptions {
  readonly nowMs: () => number
  readonly isReachable: (deviceId: DeviceId) => boolean
  readonly look: (grantor: DeviceId, subject: LimitSubject) => Promise<Result<LookReply>>
  readonly onChange: (subject: LimitSubject) => void
}

interface Told {
  readonly subject: LimitSubject
  terms: LimitTerms
  states: readonly LimitState[]
  /** When the grantor was last asked; null while it has not been. */
  askedMs: number | null
  isAsking: boolean
  /** Something was used while an answer was under way. */
  isOutdated: boolean
}

/**
 * What grantors tell of limits that this device holds nothing of: a member's own plan above all, which
 * the computers that answer hold.
 */
export class RemoteLimitStates {
  readonly #told = new Map<string, Told>()
  #isStopped = false

  constructor(private readonly options: ToldStatesOptions) {}

  /** How the limits stand as last told. Asks in the background where that is long ago. */
  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const told = this.#of(subject, terms)
    const nowMs = this.options.nowMs()
    if (told.askedMs === null || nowMs - told.askedMs >= freshMs || nowMs < told.askedMs) this.#ask(told)
    if (told.states.length === 0) return null
    return heldLimits(terms.limits).flatMap(([name, limit]) => {
      const known = told.states.find((state) => state.name === name)
      // What was told of a window that is over says nothing about the next one.
      if (!known || (known.resetsAtMs !== null && known.resetsAtMs <= nowMs)) return []
      return [{ ...known, limit, left: Math.max(0, limit - known.used) }]
    })
  }

  /** Something was used: what was looked at before is asked for again. */
  refresh(): void {
    for (const told of this.#told.values()) this.#ask(told)
  }

  stop(): void {
    this.#isStopped = true
  }

  #of(subject: LimitSubject, terms: LimitTerms): Told {
    const text = subjectText(subject)
    const known = this.#told.get(text)
    if (known) {
      known.terms = terms
      return known
    }
    const told: Told = { subject, terms, states: [], askedMs: null, isAsking: false, isOutdated: false }
    this.#told.set(text, told)
    return told
  }

  #ask(told: Told): void {
    const [grantor] = told.terms.grantors
    if (grantor === undefined || heldLimits(told.terms.limits).length === 0) return
    if (this.#isStopped || !this.options.isReachable(grantor)) return
    if (told.isAsking) {
      told.isOutdated = true
      return
    }
    told.isAsking = true
    told.askedMs = this.options.nowMs()
    this.options.look(grantor, told.subject).then(
      (reply) => this.#hear(told, reply),
      () => this.#hear(told, null),
    )
  }

  #hear(told: Told, reply: Result<LookReply> | null): void {
    told.isAsking = false
    if (this.#isStopped) return
    if (reply?.ok) {
      // The grantor's clock decides the windows; here they are shown by ours.
      const aheadMs = reply.value.nowMs - this.options.nowMs()
      told.states = reply.value.states.map((state) => ({
        ...state,
        resetsAtMs: state.resetsAtMs === null ? null : state.resetsAtMs - aheadMs,
      }))
      this.options.onChange(told.subject)
    }
    if (!told.isOutdated) return
    told.isOutdated = false
    this.#ask(told)
  }
}
