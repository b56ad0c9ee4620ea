import { delay, withDeadline } from '../../../node/base/deadline.ts'
import type { Attack, Outcome } from '../attack.ts'
import { honestRecords, lostRecords } from './records.ts'
import type { Random } from './random.ts'
import type { Person, Scene } from './scene.ts'
import { toldAbout } from './told.ts'

const gapLimitMs = 1_000
const rssGrowthLimitBytes = 100 * 1024 ** 2
const attackDeadlineMs = 90_000
/** How long memory may take to come back, and the news of who did it to arrive. */
const settleDeadlineMs = 10_000
const lookAgainMs = 500

export interface Verdict {
  readonly harms: readonly string[]
  readonly loopDelayMaxMs: number
  readonly rssGrowthMb: number
  readonly peakGrowthMb: number
  readonly gapMaxMs: number
  readonly streamsDisturbed: number
  readonly overshootRequests: number
}

/** One attack on a victim from whom somebody reads meanwhile, and what became of everybody. */
export class Ordeal {
  readonly #harms: string[] = []
  #loopDelayMaxMs = 0
  #peakRssBytes = 0

  constructor(
    private readonly scene: Scene,
    private readonly attack: Attack,
    private readonly random: Random,
  ) {}

  /** Never rejects: whoever is frozen or gone has been harmed. */
  async run(): Promise<Verdict> {
    const { victim, honest } = this.scene
    let growthBytes = 0
    let overshootRequests = 0
    let readings = { gapMaxMs: 0, failures: [] as string[] }
    await this.#step(async () => {
      const before = await honestRecords(this.scene)
      const { rssBytes } = await victim.install.part.order('health', {})
      await honest.install.part.order('readings', {})
      const outcome = await this.#attack()
      overshootRequests = outcome?.overshootRequests ?? 0
      growthBytes = await this.#settle(rssBytes)
      readings = await honest.install.part.order('readings', {})
      this.#judgeReadings(readings)
      this.#harms.push(...lostRecords(before, await honestRecords(this.scene)))
      if (outcome?.culprit) await this.#expectTold(outcome.culprit)
      if (this.attack.leavesTraces) await this.#restart(before)
    })
    await this.scene.endHostile()
    const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2)
    return {
      harms: this.#harms,
      loopDelayMaxMs: Math.round(this.#loopDelayMaxMs),
      rssGrowthMb: megabytes(growthBytes),
      peakGrowthMb: megabytes(Math.max(0, this.#peakRssBytes)),
      gapMaxMs: Math.round(readings.gapMaxMs),
      streamsDisturbed: readings.failures.length + (readings.gapMaxMs > gapLimitMs ? 1 : 0),
      overshootRequests,
    }
  }

  async #attack(): Promise<Outcome | null> {
    const outcome = await withDeadline(this.attack.run(this.scene, this.random), attackDeadlineMs)
    if (!outcome.inTime) {
      this.#harms.push(`the attack has not ended within ${attackDeadlineMs / 1_000} s`)
      return null
    }
    this.#harms.push(...outcome.value.harms)
    return outcome.value
  }

  /** Waits for memory to come back. Answers by how much it has grown. */
  async #settle(beforeBytes: number): Promise<number> {
    const dueMs = performance.now() + settleDeadlineMs
    for (;;) {
      const health = await this.scene.victim.install.part.order('health', {})
      this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, health.loopDelayMaxMs)
      this.#peakRssBytes = Math.max(this.#peakRssBytes, health.peakRssBytes - beforeBytes)
      const growthBytes = health.rssBytes - beforeBytes
      if (growthBytes <= rssGrowthLimitBytes) return growthBytes
      if (performance.now() > dueMs) {
        this.#harms.push(`the victim has kept ${Math.round(growthBytes / 1024 ** 2)} MB`)
        return growthBytes
      }
      await delay(lookAgainMs)
    }
  }

  #judgeReadings({ gapMaxMs, failures }: { gapMaxMs: number; failures: readonly string[] }): void {
    if (gapMaxMs > gapLimitMs) this.#harms.push(`another member read nothing for ${Math.round(gapMaxMs)} ms`)
    if (failures.length > 0) this.#harms.push(`another member’s generations ended: ${failures.join(', ')}`)
  }

  async #expectTold(culprit: Person): Promise<void> {
    const dueMs = performance.now() + settleDeadlineMs
    while ((await toldAbout(this.scene, culprit)).length === 0) {
      if (performance.now() > dueMs) {
        this.#harms.push(`the victim’s user cannot read that ${culprit.username} did it`)
        return
      }
      await delay(lookAgainMs)
    }
  }

  /** The victim starts again on what the attack has left on its disk, and the other member reads on. */
  async #restart(before: ReadonlyMap<string, string>): Promise<void> {
    const { victim, honest } = this.scene
    await honest.install.part.order('stopReading', {})
    await victim.install.restart()
    await this.scene.readSteadily()
    this.#harms.push(...lostRecords(before, await honestRecords(this.scene)))
  }

  async #step(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (cause) {
      this.#harms.push(cause instanceof Error ? cause.message : String(cause))
    }
  }
}
