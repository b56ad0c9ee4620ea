/** The most that a record has room for: far above every limit, and sums of it are still exact. */
const most = 1_000_000_000_000_000

/** Adds what counts. A record that held more could not be read again, and its limit would begin anew. */
export function plusCounted(sum: number, more: number): number {
  return Math.min(most, sum + more)
}
