import type { Result } from '../contract/result.ts'
import { mostPromptTokens, type PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import { leastOutputTokens, usualOutputTokens } from './estimates.ts'
import type { LimitNeed, LimitTerms, Reservation } from './limiter.ts'

/** Longest generation that is set aside for a request. Where the caller named none, it is the usual length. */
export function outputSetAside({ maxTokens, mayShorten }: Pick<PromptRequest, 'maxTokens' | 'mayShorten'>): number {
  return mayShorten ? Math.min(maxTokens, usualOutputTokens) : maxTokens
}

/** What a request may use, prompt and generation together. */
export interface RequestNeed extends LimitNeed {
  /** Longest generation, however much is left. */
  readonly outputTokens: number
  /** Whether a limit of tokens holds, so that a generation ends at what was set aside. */
  readonly countsTokens: boolean
  readonly mostPromptTokens: number
  readonly likelyPromptTokens: number
}

/** What a plan lease has to allow: the gateway that fetches it and the processor that takes it reckon alike. */
export function leaseTokens(request: PromptRequest): number {
  return mostPromptTokens(request.turns) + outputSetAside(request)
}

/**
 * What to set aside for a request: so much that no text can cost more.
 *
 * Most prompts cost a quarter of that. So where nothing else is under way, what the prompt probably costs is enough: a
 * limit is then overspent by this one request at most.
 */
export function needOf(request: PromptRequest, terms: LimitTerms, estimates: PromptEstimates): RequestNeed {
  const setAside = outputSetAside(request)
  const countsTokens = Object.keys(terms.limits).some((name) => name.startsWith('tokens'))
  const leastOutput = request.mayShorten ? Math.min(setAside, leastOutputTokens) : setAside
  const most = estimates.most(request)
  const likely = estimates.likely(request)
  return {
    tokens: most + setAside,
    leastTokens: most + leastOutput,
    leastAloneTokens: likely + leastOutput,
    outputTokens: countsTokens ? setAside : request.maxTokens,
    countsTokens,
    mostPromptTokens: most,
    likelyPromptTokens: likely,
  }
}

/** How long a generation may be with what was set aside. */
export function outputWithin(need: RequestNeed, reservedTokens: number, mayShorten: boolean): number {
  const { outputTokens, countsTokens, mostPromptTokens, likelyPromptTokens } = need
  if (!mayShorten || !countsTokens) return outputTokens
  const room = reservedTokens - mostPromptTokens
  // Less than the most it can cost was set aside: it is the only one under way.
  const left = room >= leastOutputTokens ? room : Math.max(leastOutputTokens, reservedTokens - likelyPromptTokens)
  return Math.min(outputTokens, left)
}

/**
 * A generation within a reservation, which is settled however the generation ends.
 *
 * Its last part says what it has cost, as whoever generates has counted it. No more is booked than `mostTokens`, which
 * is what was set aside, or would have been had there been room: a machine that lies gains nothing, and the one request
 * that ran with less is booked whole. Once it was begun, or its caller has left, it is one request.
 */
export async function* withinReservation(
  reserved: Result<Reservation>,
  mostTokens: number,
  signal: AbortSignal,
  generate: (reservation: Reservation) => AsyncIterable<ServedPart>,
): AsyncGenerator<ServedPart, void, undefined> {
  if (!reserved.ok) return yield { type: 'failed', error: reserved.error, usage: null }
  const reservation = reserved.value
  let isBegun = false
  // Nobody counted what was not heard to its end, so all that was set aside is taken for used.
  let used: number | null = null
  try {
    for await (const part of generate(reservation)) {
      isBegun ||= isWork(part)
      if (part.type === 'end' || part.type === 'failed') used = usedTokens(part)
      yield part
    }
  } finally {
    const tokens = Math.min(used ?? (isBegun ? reservation.tokens : 0), mostTokens)
    reservation.settle({ tokens, requests: isBegun || tokens > 0 || signal.aborted ? 1 : 0 })
  }
}

/** Whether a part says that an engine works on the request, or loads its model. */
function isWork(part: ServedPart): boolean {
  switch (part.type) {
    case 'accepted':
      return part.place === 0
    case 'loading':
    case 'reading':
    case 'reasoning':
    case 'text':
      return true
    case 'receipt':
    case 'end':
    case 'failed':
      return false
  }
}

function usedTokens({ usage }: Extract<ServedPart, { type: 'end' | 'failed' }>): number {
  return usage ? usage.promptTokens + usage.completionTokens : 0
}
