const windowMs = 5_000

/** Bytes a second over the last few seconds. */
export class SpeedMeter {
  #points: { atMs: number; bytes: number }[]

  constructor(startBytes: number, nowMs = performance.now()) {
    this.#points = [{ atMs: nowMs, bytes: startBytes }]
  }

  add(bytes: number, nowMs = performance.now()): number {
    const last = this.#points.at(-1)
    // One point for each tenth of a second is enough, however small the chunks are.
    if (!last || nowMs - last.atMs > 100) this.#points.push({ atMs: nowMs, bytes })
    this.#points = this.#points.filter(
      (point, index, all) => nowMs - point.atMs <= windowMs || index === all.length - 1,
    )
    const [first] = this.#points
    if (!first || nowMs - first.atMs < 100) return 0
    return Math.max(0, Math.round(((bytes - first.bytes) * 1000) / (nowMs - first.atMs)))
  }
}
