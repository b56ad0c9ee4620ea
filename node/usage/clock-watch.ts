import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId } from '../contract/ids.ts'

/** Clocks that differ by less are no matter: a message takes its time, and few clocks are exact. */
export const clockMattersMs = 5 * 60_000
/** Clocks that agree with each other are closer than this. */
const agreesMs = 5 * 60_000
/** Devices that are remembered; the one heard longest ago goes first. */
const maxHeard = 256
/** Clocks that are named at once. */
const maxNamed = 4
const minuteMs = 60_000

interface Heard {
  readonly accountId: AccountId | null
  /** How far its clock is ahead of ours. */
  readonly aheadMs: number
}

export interface ClockWatchOptions {
  readonly accountId: AccountId
  readonly accountOf: (deviceId: DeviceId) => AccountId | null
  readonly machineName: (deviceId: DeviceId) => string
  readonly onChange: () => void
}

/**
 * Whose clock is off, by what other computers sign.
 *
 * One other computer, or all of one account, never make ours wrong: it takes two other accounts that agree with each
 * other, and more of them than of those that agree with us.
 */
export class ClockWatch {
  readonly #heard = new Map<DeviceId, Heard>()

  constructor(private readonly options: ClockWatchOptions) {}

  /** A device has just said what time it is. */
  hear(deviceId: DeviceId, itsMs: number, nowMs: number): void {
    const before = this.#heard.get(deviceId)
    const aheadMs = Math.round(itsMs - nowMs)
    this.#heard.delete(deviceId)
    this.#heard.set(deviceId, { accountId: this.options.accountOf(deviceId), aheadMs })
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= maxHeard) break
      this.#heard.delete(oldest)
    }
    const minutesOf = (ms: number): number => (isOff(ms) ? Math.round(ms / clockMattersMs) : 0)
    if (minutesOf(aheadMs) !== minutesOf(before?.aheadMs ?? 0)) this.options.onChange()
  }

  /** What a person should know: ours is off, or whose differs and by how much. */
  problems(): KithError[] {
    const ours = this.#ours()
    if (ours !== null) return [kithError('own_clock_off', { minutes: minutes(ours.aheadMs), accounts: ours.accounts })]
    const off = [...this.#heard].filter(([, { aheadMs }]) => isOff(aheadMs)).reverse()
    return off.slice(0, maxNamed).map(([deviceId, { aheadMs }]) =>
      kithError('clock_off', {
        machine: this.options.machineName(deviceId),
        minutes: minutes(aheadMs),
      }),
    )
  }

  /** By how much most others say that ours is off, and how many accounts they are; null where they do not. */
  #ours(): { readonly aheadMs: number; readonly accounts: number } | null {
    const byAccount = new Map<AccountId, number>()
    for (const { accountId, aheadMs } of this.#heard.values()) {
      if (accountId !== null && accountId !== this.options.accountId) byAccount.set(accountId, aheadMs)
    }
    const said = [...byAccount.values()]
    for (const aheadMs of said.filter(isOff)) {
      const accounts = said.filter((other) => Math.abs(other - aheadMs) <= agreesMs).length
      if (accounts >= 2 && accounts * 2 > said.length) return { aheadMs, accounts }
    }
    return null
  }
}

function isOff(aheadMs: number): boolean {
  return Math.abs(aheadMs) > clockMattersMs
}

function minutes(ms: number): number {
  return Math.round(Math.abs(ms) / minuteMs)
}
