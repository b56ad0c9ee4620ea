import type { DeviceId } from '../contract/ids.ts'
import type { Candidate } from './candidates.ts'

/** Requests per slot: what was reported, or what this gateway has sent since, whichever is more. */
export function loadOf(candidate: Candidate, inFlight: (deviceId: DeviceId) => number): number {
  if (candidate.kind === 'local') {
    const { active, waiting, slots } = candidate.processor.load()
    return (active + waiting) / Math.max(1, slots)
  }
  const { deviceId, capabilities } = candidate.machine
  if (!capabilities) return Number.POSITIVE_INFINITY
  const active = Math.max(capabilities.activeAnswers, inFlight(deviceId))
  return (active + capabilities.waitingAnswers) / Math.max(1, capabilities.slots)
}

/**
 * Takes the less loaded of two random others, and this computer where that is not busier. A machine that is doubted is
 * taken only where there is no other.
 */
export function pick(
  candidates: readonly Candidate[],
  load: (candidate: Candidate) => number,
  random: () => number = Math.random,
): Candidate | null {
  const trusted = candidates.filter((candidate) => candidate.kind === 'local' || !candidate.isDoubted)
  const others = (trusted.length > 0 ? trusted : candidates).filter(({ kind }) => kind === 'remote')
  const [first, second] = twoOf(others, random)
  const other = first && second && load(second) < load(first) ? second : first
  const own = candidates.find((candidate) => candidate.kind === 'local')
  if (!own || !other) return own ?? other ?? null
  return load(own) <= load(other) ? own : other
}

function twoOf<T>(list: readonly T[], random: () => number): [T | undefined, T | undefined] {
  if (list.length < 2) return [list[0], undefined]
  const first = Math.floor(random() * list.length)
  const step = 1 + Math.floor(random() * (list.length - 1))
  return [list[first], list[(first + step) % list.length]]
}
