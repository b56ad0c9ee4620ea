import { Serial } from '../../base/serial.ts'
import { deviceIdSchema, type DeviceId } from '../../contract/ids.ts'
import type { LimitName, LimitState } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { grantorTotalSchema, holderRowSchema, type HandedLedger } from '../../protocol/messages/lease-ledger.ts'
import type { ExchangeCall, ExchangeReply, LeaseNeed } from '../../protocol/messages/lease-messages.ts'
import type { Bee } from '../../state/bee.ts'
import { BySubject } from '../by-subject.ts'
import { callBack } from './call-back.ts'
import { blankTotal, GrantorLedger } from './grantor-ledger.ts'
import { handedLedger } from './hand-over.ts'
import type { Journal } from '../journal.ts'
import { limitError } from '../limit-errors.ts'
import { limitKeys } from '../limit-keys.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { signPlanLease } from '../plan-lease.ts'
import { TakeOver, type TakeOverOptions } from './take-over.ts'
import { planLeaseLifetimeMs } from '../times.ts'

export interface GrantorOptions extends TakeOverOptions {
  /** Signs plan leases. */
  readonly deviceSecretKey: Uint8Array
  readonly bee: Bee
  readonly journal: Journal
  readonly onChange: (subject: LimitSubject) => void
}

interface Counted {
  readonly subject: LimitSubject
  readonly ledger: GrantorLedger
  readonly serial: Serial
}

/** Counts the limits of the subjects this device is the grantor of. Nothing is granted before it is on disk. */
export class Grantor {
  readonly #takeOver: TakeOver
  readonly #counted = new BySubject<Counted>((subject) => this.#load(subject))

  constructor(private readonly options: GrantorOptions) {
    this.#takeOver = new TakeOver(options)
  }

  /** Takes a holder's report and grants what it needs, after calling back what others have idle. */
  async exchange(
    subject: LimitSubject,
    terms: LimitTerms,
    deviceId: DeviceId,
    call: ExchangeCall,
  ): Promise<Result<ExchangeReply>> {
    const counted = await this.#counted.open(subject, terms)
    return counted.serial.run(async () => {
      const { ledger } = counted
      await this.#begin(counted, terms)
      if (!ledger.accept(deviceId, call)) return fail('lease_invalid', { reason: 'a newer message came before it' })
      const needs = ledger.isAhead(call.cells) ? [] : call.needs
      await this.#callBack(counted, terms, deviceId, needs)
      const { answers, windows } = ledger.grant(deviceId, needs, {
        holderCount: Math.max(1, this.options.holders(subject).length - 1),
        isLeaving: call.isLeaving,
        isReachable: this.options.isReachable,
      })
      const share = ledger.rows.get(deviceId)?.share ?? null
      await this.#keep(counted, call.isLeaving ? ledger.forgetIdle() : [])
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
    counted.ledger.roll(terms, this.options.nowMs())
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
      counted.ledger.roll(terms, this.options.nowMs())
      return Promise.resolve(handedLedger(counted.ledger))
    })
  }

  /** Moves on to now; where another device has counted before, with what it has counted. */
  async #begin(counted: Counted, terms: LimitTerms): Promise<void> {
    const { subject, ledger } = counted
    ledger.roll(terms, this.options.nowMs())
    const forgotten = await this.#takeOver.run(subject, terms, ledger)
    if (!forgotten) return
    ledger.roll(terms, this.options.nowMs())
    await this.#keep(counted, forgotten)
  }

  /** Before anything is refused, holders that can be asked give back what is idle. */
  async #callBack(
    { subject, ledger }: Counted,
    terms: LimitTerms,
    deviceId: DeviceId | null,
    needs: readonly LeaseNeed[],
  ): Promise<void> {
    const names: LimitName[] = ledger.lacking(deviceId, needs)
    if (names.length === 0) return
    await callBack(this.options, subject, ledger, ledger.recallable(deviceId, names))
    ledger.roll(terms, this.options.nowMs())
  }

  async #keep({ subject, ledger }: Counted, forgotten: readonly DeviceId[]): Promise<void> {
    const { journal } = this.options
    const rowsAt = limitKeys.rows(subject)
    journal.note(limitKeys.total(subject), () => ledger.total)
    for (const deviceId of [...ledger.rows.keys(), ...forgotten]) {
      journal.note(`${rowsAt}${deviceId}`, () => ledger.rows.get(deviceId))
    }
    await journal.written()
    this.options.onChange(subject)
  }

  async #load(subject: LimitSubject): Promise<Counted> {
    const { bee, selfDeviceId, nowMs } = this.options
    const stored = await bee.list(limitKeys.rows(subject), holderRowSchema)
    const rows = new Map(stored.map(({ key, value }) => [deviceIdSchema.parse(key), value]))
    const total = (await bee.get(limitKeys.total(subject), grantorTotalSchema)) ?? blankTotal(nowMs())
    return { subject, ledger: new GrantorLedger(selfDeviceId, rows, total), serial: new Serial() }
  }
}
