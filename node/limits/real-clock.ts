import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { z } from 'zod'
import type { Bee } from '../state/bee.ts'
import { limitKeys } from './limit-keys.ts'

const instant = z.number().int().nonnegative()

const clockRecordSchema = z.object({
  /** Time that had really passed. */
  realMs: instant,
  uptimeMs: instant,
  /** What the time of day was. */
  nowMs: instant,
  /** Which start of the computer; null where the system does not say. */
  bootId: z.string().max(64).nullable(),
})
export type ClockRecord = z.infer<typeof clockRecordSchema>

export interface RealClockOptions {
  /** Time since the computer was started, its sleep included. Nobody sets it. */
  readonly uptimeMs: () => number
  readonly bootId: () => string | null
  readonly nowMs: () => number
}

/** How far the time of day may drift from the time since the start, before it looks set. */
const driftMs = 60_000

/**
 * Time that has really passed, whatever the time of day is set to: it only grows, also over restarts of Kith.
 *
 * Where the computer itself was started anew, only its time of day can tell how long it was off, and is believed.
 */
export class RealClock {
  readonly #startMs: number
  readonly #bootId: string | null
  #realMs: number

  constructor(
    private readonly options: RealClockOptions,
    stored: ClockRecord | null,
  ) {
    this.#bootId = options.bootId()
    const reading = this.#reading()
    this.#realMs = stored ? stored.realMs + passedSince(stored, reading) : 0
    this.#startMs = this.#realMs - reading.uptimeMs
  }

  /** Goes on where the last run of Kith has ended. */
  static async open(options: RealClockOptions, bee: Pick<Bee, 'get'>): Promise<RealClock> {
    return new RealClock(options, await bee.get(limitKeys.clock, clockRecordSchema))
  }

  get realMs(): number {
    this.#realMs = Math.max(this.#realMs, Math.round(this.#startMs + this.options.uptimeMs()))
    return this.#realMs
  }

  record(): ClockRecord {
    return { realMs: this.realMs, ...this.#reading() }
  }

  #reading(): Omit<ClockRecord, 'realMs'> {
    const { uptimeMs, nowMs } = this.options
    return {
      uptimeMs: Math.max(0, Math.round(uptimeMs())),
      bootId: this.#bootId,
      nowMs: Math.max(0, Math.round(nowMs())),
    }
  }
}

function passedSince(stored: ClockRecord, { uptimeMs, bootId, nowMs }: Omit<ClockRecord, 'realMs'>): number {
  const byDayMs = Math.max(0, nowMs - stored.nowMs)
  const isSameBoot =
    stored.bootId !== null && bootId !== null
      ? stored.bootId === bootId
      : uptimeMs >= stored.uptimeMs && uptimeMs + driftMs >= byDayMs
  return Math.round(isSameBoot ? Math.max(0, uptimeMs - stored.uptimeMs) : Math.max(uptimeMs, byDayMs))
}

/** The clocks of this computer. */
export const systemClock: Pick<RealClockOptions, 'uptimeMs' | 'bootId'> = {
  uptimeMs: () => uptime() * 1_000,
  bootId: () => {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 64)
    } catch {
      // Only Linux has it.
      return null
    }
  },
}
