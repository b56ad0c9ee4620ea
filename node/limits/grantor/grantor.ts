import type { HolderTrust } from '../../access/limits.ts'
import { Serial } from '../../base/serial.ts'
import { deviceIdSchema, type DeviceId } from '../../contract/ids.ts'
import type { LimitName, LimitState } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { grantorTotalSchema, holderRowSchema, type HandedLedger } from '../../protocol/messages/lease-ledger.ts'
import type { ExchangeCall, ExchangeReply, LeaseNeed } from '../../protocol/messages/lease-messages.ts'
import type { Bee } from '../../state/bee.ts'
import { BySubject } from '../by-subject.ts'
import { callBack, type TakeRecall } from './call-back.ts'
import { blankTotal, GrantorLedger, type HolderTerms } from './grantor-ledger.ts'
import { handedLedger } from './hand-over.ts'
import type { Journal } from '../journal.ts'
import { limitError } from '../limit-errors.ts'
import { limitKeys } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { signPlanLease } from '../plan-lease.ts'
import { RealClock, type RealClockOptions } from '../real-clock.ts'
import { Silence } from './silence.ts'
import { TakeOver, type TakeOverOptions } from './take-over.ts'
import { planLeaseLifetimeMs } from '../times.ts'
import { openPlanVoucher } from '../voucher.ts'

export interface GrantorOptions extends TakeOverOptions, RealClockOptions {
  /** Signs plan leases. */
  readonly deviceSecretKey: Uint8Array
  readonly bee: Bee
  readonly journal: Journal
  /** A clock that only runs on. */
  readonly elapsedMs: () => number
  /** The party that a device holds for: all devices of one party have one share. */
  readonly partyOf: (subject: LimitSubject, deviceId: DeviceId) => string
  /** Whether a device asks for a member: one of the member's, or a gateway of the pool. */
  readonly speaksFor: (subject: LimitSubject, deviceId: DeviceId) => boolean
  readonly onChange: (subject: LimitSubject) => void
}

interface Counted {
  readonly subject: LimitSubject
  readonly ledger: GrantorLedger
  readonly serial: Serial
  readonly clock: RealClock
  readonly silence: Silence
}

/** Counts the limits of the subjects this device is the grantor of. Nothing is granted before it is on disk. */
export class Grantor {
  readonly #takeOver: TakeOver
  readonly #counted = new BySubject<Counted>((subject) => this.#load(subject))
  #clock: Promise<RealClock> | null = null

  constructor(private readonly options: GrantorOptions) {
    this.#takeOver = new TakeOver(options)
  }

  /** Takes a holder's report and grants what it needs, after calling back what others have idle. */
  async exchange(
    subject: LimitSubject,
    terms: LimitTerms,
    deviceId: DeviceId,
    trust: HolderTrust,
    call: ExchangeCall,
  ): Promise<Result<ExchangeReply>> {
    const counted = await this.#counted.open(subject, terms)
    return counted.serial.run(async () => {
      const { ledger, silence } = counted
      // Who may hold nothing any more can still report what it had.
      if (trust === 'none' && !ledger.knows(deviceId)) return fail('not_admitted')
      await this.#begin(counted, terms)
      const holder = this.#holderTerms(subject, deviceId, trust, call.vouchers)
      if (!ledger.accept(deviceId, call, holder)) {
        return fail('lease_invalid', { reason: 'a newer message came before it' })
      }
      silence.heard(deviceId)
      const needs = ledger.isAhead(call.cells) ? [] : call.needs
      if (trust !== 'none') await this.#callBack(counted, terms, deviceId, needs)
      const { isLeaving } = call
      const grants = { ...holder, isLeaving, isReachable: this.options.isReachable }
      const { answers, windows } = ledger.grant(deviceId, needs, grants)
      const share = ledger.rows.get(deviceId)?.share ?? null
      await this.#keep(counted, isLeaving ? ledger.forgetIdle() : [])
      return ok({ type: 'exchange', nowMs: this.options.nowMs(), windows, answers, share })
    })
  }

  /** Sets a plan lease aside for a processor that cannot ask by itself, and signs it. */
  async carry(
    subject: LimitSubject,
    terms: LimitTerms,
    processorDeviceId: DeviceId,
    tokens: number,
  ): Promise<Result<string>> {
    const counted = await this.#counted.open(subject, terms)
    return counted.serial.run(async () => {
      const { ledger } = counted
      await this.#begin(counted, terms)
      await this.#callBack(counted, terms, null, [{ tokens, leastTokens: tokens }])
      const issuedAtMs = this.options.nowMs()
      const lease = ledger.carry(processorDeviceId, tokens, issuedAtMs + planLeaseLifetimeMs)
      if (!lease) return fail('lease_invalid', { reason: 'too many are under way' })
      if ('refused' in lease) {
        const endMs = ledger.total.cells[lease.refused]?.endMs ?? 0
        return { ok: false, error: limitError(lease, terms.limits[lease.refused] ?? 0, endMs) }
      }
      await this.#keep(counted, [])
      const { poolId, accountId } = subject
      const { sequence, expiresAtMs } = lease
      const signed = { poolId, accountId, processorDeviceId, tokens, sequence, issuedAtMs, expiresAtMs }
      return ok(signPlanLease(signed, this.options.deviceSecretKey))
    })
  }

  /** How the limits stand; null before they were read from disk. */
  states(subject: LimitSubject, terms: LimitTerms): LimitState[] | null {
    const counted = this.#counted.get(subject)
    if (!counted) {
      // Read in the background: listeners are called once it is read.
      this.look(subject, terms).then(
        () => this.options.onChange(subject),
        () => undefined,
      )
      return null
    }
    roll(counted, terms, this.options.nowMs())
    return counted.ledger.states(this.options.isReachable)
  }

  /** How the limits stand, read from disk or taken over from another device where that has not been done. */
  async look(subject: LimitSubject, terms: LimitTerms): Promise<LimitState[]> {
    const counted = await this.#counted.open(subject, terms)
    return counted.serial.run(async () => {
      await this.#begin(counted, terms)
      return counted.ledger.states(this.options.isReachable)
    })
  }

  /** All that was counted here, for the device that counts from now on. */
  async handOver(subject: LimitSubject, terms: LimitTerms): Promise<HandedLedger> {
    const counted = await this.#counted.open(subject, terms)
    return counted.serial.run(() => {
      roll(counted, terms, this.options.nowMs())
      return Promise.resolve(handedLedger(counted.ledger))
    })
  }

  /** Moves on to now; where another device has counted before, with what it has counted. */
  async #begin(counted: Counted, terms: LimitTerms): Promise<void> {
    const { subject, ledger, silence } = counted
    roll(counted, terms, this.options.nowMs())
    const forgotten = await this.#takeOver.run(subject, terms, ledger, this.#taking(counted))
    if (forgotten) {
      roll(counted, terms, this.options.nowMs())
      await this.#keep(counted, forgotten)
    }
    // What was granted and not used comes back, also from those who say nothing.
    for (const deviceId of ledger.rows.keys()) if (silence.isTooLong(deviceId)) ledger.lapse(deviceId)
    ledger.takeBackLeases(this.options.isReachable)
  }

  #holderTerms(
    subject: LimitSubject,
    deviceId: DeviceId,
    trust: HolderTrust,
    vouchers: readonly string[],
  ): HolderTerms {
    const { nowMs, holders, partyOf, selfDeviceId, speaksFor } = this.options
    const isNeeded = trust === 'voucher' || trust === 'none'
    const opened = isNeeded ? vouchers.map((text) => openPlanVoucher(text, subject, deviceId, nowMs())) : []
    const others = holders(subject).filter((id) => id !== selfDeviceId)
    return {
      trust,
      parties: Math.max(1, new Set(others.map((id) => partyOf(subject, id))).size),
      partyOf: (id) => partyOf(subject, id),
      vouchers: opened.filter((one) => one !== null).filter((one) => speaksFor(subject, one.askerDeviceId)),
    }
  }

  /** Takes the replies to recalls. */
  #taking({ subject, ledger, silence }: Counted): TakeRecall {
    return (deviceId, reply) => {
      silence.recalled(deviceId, reply !== null)
      if (!reply) return
      const row = ledger.rows.get(deviceId)
      const isOwn = row ? !row.isForeign : subject.kind === 'key'
      const trust = isOwn ? 'own' : row && !row.isVouched ? 'gateway' : 'voucher'
      ledger.acceptRecall(deviceId, reply, this.#holderTerms(subject, deviceId, trust, reply.vouchers))
    }
  }

  /** Before anything is refused, holders that can be asked give back what is idle. */
  async #callBack(
    counted: Counted,
    terms: LimitTerms,
    deviceId: DeviceId | null,
    needs: readonly LeaseNeed[],
  ): Promise<void> {
    const { subject, ledger } = counted
    const names: LimitName[] = ledger.lacking(deviceId, needs)
    if (names.length === 0) return
    await callBack(this.options, subject, ledger, ledger.recallable(deviceId, names), this.#taking(counted))
    roll(counted, terms, this.options.nowMs())
  }

  async #keep({ subject, ledger, clock }: Counted, forgotten: readonly DeviceId[]): Promise<void> {
    const { journal } = this.options
    const rowsAt = limitKeys.rows(subject)
    journal.note(limitKeys.total(subject), () => ledger.total)
    for (const deviceId of [...ledger.rows.keys(), ...forgotten]) {
      journal.note(`${rowsAt}${deviceId}`, () => ledger.rows.get(deviceId))
    }
    journal.note(limitKeys.clock, () => clock.record())
    await journal.written()
    this.options.onChange(subject)
  }

  async #load(subject: LimitSubject): Promise<Counted> {
    const { bee, selfDeviceId, nowMs } = this.options
    const stored = await bee.list(limitKeys.rows(subject), holderRowSchema)
    const rows = new Map(stored.map(({ key, value }) => [deviceIdSchema.parse(key), value]))
    const total = (await bee.get(limitKeys.total(subject), grantorTotalSchema)) ?? blankTotal(nowMs())
    const ledger = new GrantorLedger(selfDeviceId, rows, total)
    const silence = new Silence(this.options.elapsedMs)
    return { subject, ledger, serial: new Serial(), clock: await this.#realClock(), silence }
  }

  #realClock(): Promise<RealClock> {
    this.#clock ??= RealClock.open(this.options, this.options.bee)
    this.#clock.catch(() => (this.#clock = null))
    return this.#clock
  }
}

function roll({ ledger, clock }: Counted, terms: LimitTerms, nowMs: number): void {
  ledger.roll(terms, { nowMs, realMs: clock.realMs })
}
