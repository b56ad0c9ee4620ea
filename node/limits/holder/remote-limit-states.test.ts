import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AccountId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import type { Caller } from '../../access/standing.ts'
import { LimitBench, type LimitDevice } from '../testing/limit-bench.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'

let bench: LimitBench
beforeAll(async () => {
  bench = await LimitBench.open(3)
})
afterAll(() => bench.close())
beforeEach(() => {
  for (const device of bench.devices) Object.assign(device, { isCutOff: false, skewMs: 0, mishap: null })
  bench.nowMs = Math.ceil(bench.nowMs / 86_400_000 + 2) * 86_400_000 + 36_005_000
})

const never = new AbortController().signal

/** How a limit stands on a device once its grantor has replied. */
async function asked(device: LimitDevice, subject: LimitSubject, terms: LimitTerms): Promise<LimitState | undefined> {
  const changed = new Promise<void>((resolve) => {
    const unsubscribe = device.service.onChange(() => {
      unsubscribe()
      resolve()
    })
  })
  device.service.states(subject, terms)
  await changed
  return device.service.states(subject, terms)[0]
}

describe('a device that holds nothing of a limit', () => {
  it('learns from the grantor how it stands, and again after it was used', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 5 } })
    const [grantor, holder, asker] = [bench.device(0), bench.device(1), bench.device(2)]
    const reserve = async (): Promise<void> => {
      expect(await holder.service.reserve(subject, terms, { tokens: 10 }, never)).toMatchObject({ ok: true })
    }
    await reserve()
    expect(await asked(asker, subject, terms)).toMatchObject({ used: 1, left: 4 })
    expect(grantor.service.states(subject, terms)[0]).toMatchObject({ used: 1 })

    await reserve()
    expect(asker.service.states(subject, terms)[0]).toMatchObject({ used: 1 })
    const changed = new Promise<void>((resolve) => asker.service.onChange(() => resolve()))
    asker.service.refresh()
    await changed
    expect(asker.service.states(subject, terms)[0]).toMatchObject({ used: 2, left: 3 })
  })

  it('asks once for many looks, shows the end of a window by its own clock, and nothing of one that is over', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerMinute: 5 }, timeZone: 'UTC' })
    const [holder, asker] = [bench.device(1), bench.device(2)]
    asker.skewMs = 3_600_000
    await holder.service.reserve(subject, terms, { tokens: 10 }, never)
    const state = await asked(asker, subject, terms)
    expect(state).toMatchObject({ used: 1, resetsAtMs: Math.ceil(bench.nowMs / 60_000) * 60_000 + asker.skewMs })
    const { calls } = asker
    for (let look = 0; look < 20; look++) asker.service.states(subject, terms)
    expect(asker.calls).toBe(calls)
    bench.nowMs += 60_000
    expect(asker.service.states(subject, terms)[0]).toMatchObject({ used: 0, left: 5 })
    expect(asker.calls).toBe(calls + 1)
  })

  it('asks nobody while the grantor is away, and learns nothing of another account', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 5 } })
    const asker = bench.device(2)
    asker.isCutOff = true
    const { calls } = asker
    expect(asker.service.states(subject, terms)[0]).toMatchObject({ used: 0, left: 5 })
    asker.service.refresh()
    expect(asker.calls).toBe(calls)
    const stranger: Caller = {
      deviceId: asker.deviceId,
      accountId: 'cc'.repeat(32) as AccountId,
      isOwnAccount: false,
      standings: [],
    }
    const answer = await bench.device(0).service.handle(stranger, { type: 'look', subject })
    expect(answer).toMatchObject({ error: { code: 'not_admitted' } })
  })
})
