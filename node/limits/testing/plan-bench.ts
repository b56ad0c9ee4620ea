import type { Caller } from '../../access/standing.ts'
import type { AccountId } from '../../contract/ids.ts'
import type { Result } from '../../contract/result.ts'
import type { LimitSubject, LimitTerms, Reservation } from '../limiter.ts'
import { HostileHolder } from './hostile-holder.ts'
import type { LimitBench } from './limit-bench.ts'
import { never } from './never.ts'

export interface MemberPlan {
  readonly subject: LimitSubject
  readonly terms: LimitTerms
}

/**
 * Members on plans, on a bench of five devices.
 *
 * The first counts the plans, the second serves honestly, the next two are hostile and of one account, and the last
 * is the member's own, whose requests it signs for.
 */
export class PlanBench {
  constructor(readonly bench: LimitBench) {}

  /** Days later, with everybody connected. */
  calm(): void {
    const { bench } = this
    for (const device of bench.devices) {
      Object.assign(device, { isCutOff: false, skewMs: 0, mishap: null, answers: null })
    }
    bench.nowMs = Math.ceil(bench.nowMs / 86_400_000 + 40) * 86_400_000 + 36_005_000
    bench.trustOf = () => 'voucher'
    bench.speaks.clear()
    bench.speaks.add(bench.device(4).deviceId)
    bench.parties.clear()
    for (const index of [2, 3]) bench.parties.set(bench.device(index).deviceId, 'evil')
    for (const index of [0, 4]) bench.parties.set(bench.device(index).deviceId, 'good')
  }

  member(terms: Partial<LimitTerms>): MemberPlan {
    return this.bench.member({ timeZone: 'UTC', ...terms })
  }

  /** The hostile devices; from now on the grantor's recalls reach them. */
  hostile({ subject }: MemberPlan): [HostileHolder, HostileHolder] {
    const of = (index: number): HostileHolder => {
      const device = this.bench.device(index)
      const caller: Caller = {
        deviceId: device.deviceId,
        accountId: 'ee'.repeat(32) as AccountId,
        isOwnAccount: false,
        standings: [],
      }
      const evil = new HostileHolder(subject, async (call) =>
        structuredClone(await this.bench.device(0).service.handle(caller, structuredClone(call))),
      )
      device.answers = evil.limits
      return evil
    }
    return [of(2), of(3)]
  }

  /** The member's word for a request to a device. */
  voucher({ subject }: MemberPlan, index: number, tokens: number): string {
    const word = this.bench.device(4).service.voucher(subject, this.bench.device(index).deviceId, tokens)
    if (word === undefined) throw new Error('The book of vouchers is open')
    return word
  }

  /** One request of the member on the honest computer. */
  ask(plan: MemberPlan, tokens: number): Promise<Result<Reservation>> {
    const askedBy = { deviceId: this.bench.device(4).deviceId, voucher: this.voucher(plan, 1, tokens) }
    return this.bench.device(1).service.reserve(plan.subject, plan.terms, { tokens }, never, askedBy)
  }

  /** Requests one after the other until one is refused. */
  async useAll(plan: MemberPlan, tokens: number): Promise<{ tokens: number; requests: number }> {
    for (let requests = 0; ; requests++) {
      const asked = await this.ask(plan, tokens)
      if (!asked.ok) return { tokens: requests * tokens, requests }
      asked.value.settle({ tokens })
    }
  }
}
