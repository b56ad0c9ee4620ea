import type { Bee, RecordChange } from '../bee.ts'

/** Numbers from a seed, the same ones each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A bee that is written at random, with the records it must hold. */
export class RandomTree {
  readonly records = new Map<string, number>()
  operations = 0

  constructor(
    readonly bee: Bee,
    private readonly random: () => number,
    private readonly keyCount: number,
  ) {}

  /** One batch of puts and removals: mostly of single keys, at times of a run of neighbours. */
  async step(): Promise<void> {
    const size = 1 + Math.floor(this.random() ** 3 * 200)
    const isRun = this.random() < 0.3
    const removing = this.random()
    const first = Math.floor(this.random() * this.keyCount)
    const changes = Array.from({ length: size }, (_, index): RecordChange => {
      const number = isRun ? (first + index) % this.keyCount : Math.floor(this.random() * this.keyCount)
      const key = `v1/k/${String(number).padStart(6, '0')}`
      this.operations += 1
      if (this.random() < removing) {
        this.records.delete(key)
        return [key, (stored) => (stored === null ? stored : undefined)]
      }
      const value = this.operations
      this.records.set(key, value)
      return [key, () => value]
    })
    await this.bee.update(changes)
  }

  /** The records as a bee lists them. */
  get sorted(): { key: string; value: number }[] {
    return [...this.records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key: key.slice(5), value }))
  }
}
