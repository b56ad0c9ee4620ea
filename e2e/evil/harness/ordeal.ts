import { delay, withDeadline } from '../../../node/base/deadline.ts'
import type { Attack, Outcome } from '../attack.ts'
import type { Readings } from '../parts/orders.ts'
import { FrozenError } from './part-process.ts'
import type { Random } from './random.ts'
import { honestRecords, lostRecords, type Records } from './records.ts'
import type { Scene } from './scene.ts'
import { toldAbout } from './told.ts'

const gapLimitMs = 1_000
const rssGrowthLimitBytes = 100 * 1024 ** 2
const attackDeadlineMs = 90_000
/** How long memory may take to come back, and the news of who did it to arrive. */
const settleDeadlineMs = 10_000
const lookAgainMs = 500

export interface Verdict {
  /** What was not held off, as sentences; none where all was. */
  readonly harms: readonly string[]
  readonly loopDelayMaxMs: number
  readonly rssGrowthMb: number
  /** Highest while the attack ran, garbage included. */
  readonly peakGrowthMb: number
  /** How long the other member read nothing, and how long it did not look itself. */
  readonly gapMaxMs: number
  readonly asleepMaxMs: number
  readonly streamsDisturbed: number
  readonly overshootRequests: number
  /** How often it was really done. */
  readonly attempts: number
  /** What the victim's user has read of whoever did it, as codes. */
  readonly told: readonly string[]
  /** What the attackers themselves say. */
  readonly reports: readonly unknown[]
}

/** One attack on a victim from whom somebody reads meanwhile, and what becomes of everybody. */
export class Ordeal {
  readonly #harms: string[] = []
  #before: Records = new Map()
  #outcome: Outcome = { attempts: 0, culprit: null, harms: [] }
  #told: readonly string[] = []
  /** Null where the reader is frozen too. */
  #readings: Readings | null = null
  #loopDelayMaxMs = 0
  #growthBytes = 0
  #peakGrowthBytes = 0

  constructor(
    private readonly scene: Scene,
    private readonly attack: Attack,
    private readonly random: Random,
  ) {}

  /** Never rejects: whoever is frozen or gone has been harmed. */
  async run(): Promise<Verdict> {
    const isAlive = await this.#guarded(() => this.#undergo())
    // The reader says how it has fared whatever has become of the victim.
    await this.#guarded(() => this.#hearReader())
    if (isAlive) await this.#guarded(() => this.#lookAfterwards())
    await this.scene.endHostile()
    const unheard = { gapMaxMs: attackDeadlineMs, asleepMaxMs: attackDeadlineMs, failures: [] }
    const { gapMaxMs, asleepMaxMs, failures } = this.#readings ?? unheard
    return {
      harms: this.#harms,
      loopDelayMaxMs: Math.round(this.#loopDelayMaxMs),
      rssGrowthMb: toMegabytes(this.#growthBytes),
      peakGrowthMb: toMegabytes(this.#peakGrowthBytes),
      gapMaxMs: Math.round(gapMaxMs),
      asleepMaxMs: Math.round(asleepMaxMs),
      streamsDisturbed: failures.length + (Math.max(gapMaxMs, asleepMaxMs) > gapLimitMs ? 1 : 0),
      overshootRequests: this.#outcome.overshootRequests ?? 0,
      attempts: this.#outcome.attempts,
      told: this.#told,
      reports: this.scene.reports.splice(0),
    }
  }

  async #undergo(): Promise<void> {
    const { victim, honest } = this.scene
    this.#before = await honestRecords(this.scene)
    const { rssBytes } = await victim.install.part.order('health', {})
    await honest.install.part.order('readings', {})
    const ended = await withDeadline(this.attack.run(this.scene, this.random), attackDeadlineMs)
    if (ended.inTime) this.#outcome = ended.value
    else this.#harms.push(`the attack has not ended within ${attackDeadlineMs / 1_000} s`)
    if (ended.inTime && ended.value.attempts === 0) this.#harms.push('nothing was tried, so nothing is shown')
    this.#harms.push(...this.#outcome.harms)
    await this.#settle(rssBytes)
  }

  /** Waits for memory to come back. */
  async #settle(beforeBytes: number): Promise<void> {
    const dueMs = performance.now() + settleDeadlineMs
    for (;;) {
      const health = await this.scene.victim.install.part.order('health', {})
      this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, health.loopDelayMaxMs)
      this.#peakGrowthBytes = Math.max(this.#peakGrowthBytes, health.peakRssBytes - beforeBytes)
      this.#growthBytes = health.rssBytes - beforeBytes
      if (this.#growthBytes <= rssGrowthLimitBytes) return
      if (performance.now() > dueMs) {
        this.#harms.push(`the victim has kept ${toMegabytes(this.#growthBytes)} MB`)
        return
      }
      await delay(lookAgainMs)
    }
  }

  async #hearReader(): Promise<void> {
    const readings = await this.scene.honest.install.part.order('readings', {})
    this.#readings = readings
    const { gapMaxMs, asleepMaxMs, failures } = readings
    if (gapMaxMs > gapLimitMs) this.#harms.push(`another member read nothing for ${Math.round(gapMaxMs)} ms`)
    // The reader is a member whom nobody may freeze either; and what it has not seen, it cannot vouch for.
    if (asleepMaxMs > gapLimitMs) this.#harms.push(`another member stood still for ${Math.round(asleepMaxMs)} ms`)
    if (failures.length > 0) this.#harms.push(`another member’s generations ended: ${failures.join(', ')}`)
  }

  async #lookAfterwards(): Promise<void> {
    this.#harms.push(...lostRecords(this.#before, await honestRecords(this.scene)))
    await this.#expectTold(this.#outcome)
    if (this.attack.leavesTraces) await this.#restart()
  }

  async #expectTold({ culprit, codes }: Outcome): Promise<void> {
    if (!culprit) return
    const dueMs = performance.now() + settleDeadlineMs
    for (;;) {
      this.#told = await toldAbout(this.scene, culprit)
      if (this.#told.some((code) => codes?.some((one) => one === code) ?? true)) return
      if (performance.now() > dueMs) break
      await delay(lookAgainMs)
    }
    const read = this.#told.length === 0 ? '' : `, but only ${this.#told.join(', ')}`
    this.#harms.push(`the victim’s user cannot read what ${culprit.username} did${read}`)
  }

  /** The victim starts again on what the attack has left on its disk, and the other member reads on. */
  async #restart(): Promise<void> {
    const { victim, honest } = this.scene
    await honest.install.part.order('stopReading', {})
    await victim.install.restart()
    await this.scene.readSteadily()
    this.#harms.push(...lostRecords(this.#before, await honestRecords(this.scene)))
  }

  /** Answers whether the step came to its end; whatever it throws is a harm. */
  async #guarded(step: () => Promise<void>): Promise<boolean> {
    try {
      await step()
      return true
    } catch (cause) {
      if (cause instanceof FrozenError) this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, cause.deadlineMs)
      this.#harms.push(cause instanceof Error ? cause.message : String(cause))
      return false
    }
  }
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2)
}
