interface ServedSummary {
  readonly total: number
  readonly most: number
}

/** What the chart says, in two numbers. */
export function servedSummary(perMinute: readonly number[]): ServedSummary {
  return { total: perMinute.reduce((sum, count) => sum + count, 0), most: Math.max(0, ...perMinute) }
}

export interface ServedMinute {
  readonly minutesAgo: number
  readonly answers: number
}

/** The minutes with their distance from now, oldest first. */
export function servedMinutes(perMinute: readonly number[]): readonly ServedMinute[] {
  return perMinute.map((answers, place) => ({ minutesAgo: perMinute.length - 1 - place, answers }))
}
