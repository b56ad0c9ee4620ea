import type { Pace } from './pace.ts'
import { median, quantile, sum } from './statistics.ts'
import type { TimedGeneration } from './timed-answer.ts'

type Ask = (pace: Pace) => Promise<TimedGeneration>

/** The same request sent in two ways. */
export interface Asking {
  readonly direct: Ask
  readonly pool: Ask
}

interface Round {
  readonly direct: readonly [TimedGeneration, TimedGeneration]
  readonly pool: readonly [TimedGeneration, TimedGeneration]
}

export interface FirstTokens {
  /** How much later the first token comes through the pool, request by request. */
  addedMs(share: number): number
  /** The same, counted from the call of the window. */
  windowAddedMs(share: number): number
  /** Absolute times to the first token, each way. */
  directMs(share: number): number
  poolMs(share: number): number
  /** How much later the second of two direct requests is than the first. */
  noiseMs(share: number): number
}

/** Sends direct, pool, pool, direct, and again: noise of the machine affects both alike. */
export async function compareFirstTokens(asking: Asking, pace: Pace, rounds: number): Promise<FirstTokens> {
  for (let warmUp = 0; warmUp < 10; warmUp += 1) await oneRound(asking, pace)
  const all: Round[] = []
  for (let round = 0; round < rounds; round += 1) all.push(await oneRound(asking, pace))
  const differences = (later: (answer: TimedGeneration) => number): number[] =>
    all.flatMap(({ direct, pool }) => [
      later(pool[0]) - direct[0].firstTokenMs,
      later(pool[1]) - direct[1].firstTokenMs,
    ])
  const added = differences((answer) => answer.firstTokenMs)
  const windowAdded = differences((answer) => answer.beforeMs + answer.firstTokenMs)
  const firstTokens = (way: keyof Round): number[] => all.flatMap((round) => round[way].map((one) => one.firstTokenMs))
  const noise = all.map(({ direct }) => direct[1].firstTokenMs - direct[0].firstTokenMs)
  return {
    addedMs: (share) => quantile(added, share),
    windowAddedMs: (share) => quantile(windowAdded, share),
    directMs: (share) => quantile(firstTokens('direct'), share),
    poolMs: (share) => quantile(firstTokens('pool'), share),
    noiseMs: (share) => quantile(noise, share),
  }
}

async function oneRound({ direct, pool }: Asking, pace: Pace): Promise<Round> {
  const before = await direct(pace)
  const first = await pool(pace)
  const second = await pool(pace)
  return { direct: [before, await direct(pace)], pool: [first, second] }
}

export interface Speeds {
  /** Tokens a second through the pool, as a share of those of the engine itself. */
  readonly ratio: number
  readonly direct: number
}

/** Runs one stream of each at once, direct and through the pool in turns; the order changes each round. */
export async function compareSpeed(askings: readonly Asking[], pace: Pace, rounds: number): Promise<Speeds> {
  const run = async (way: keyof Asking): Promise<number> => {
    const answers = await Promise.all(askings.map((asking) => asking[way](pace)))
    return median(answers.map(({ tokens, totalMs }) => (tokens * 1_000) / totalMs))
  }
  await run('direct')
  await run('pool')
  const speeds: Record<keyof Asking, number[]> = { direct: [], pool: [] }
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['direct', 'pool'] as const) : (['pool', 'direct'] as const)
    for (const way of order) speeds[way].push(await run(way))
  }
  return { ratio: sum(speeds.pool) / sum(speeds.direct), direct: sum(speeds.direct) / rounds }
}
