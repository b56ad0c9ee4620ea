import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { grantorTotalSchema, holderRowSchema, type HolderRow } from '../protocol/messages/lease-ledger.ts'
import { holderRecordSchema } from './holder/holder-records.ts'
import { limitKeys } from './limit-keys.ts'
import { sweep } from './sweep.ts'
import { LimitBench } from './testing/limit-bench.ts'
import { never } from './testing/never.ts'

let bench: LimitBench
beforeAll(async () => {
  bench = await LimitBench.open(3)
})
afterAll(() => bench.close())
beforeEach(() => {
  for (const device of bench.devices) Object.assign(device, { isCutOff: false, skewMs: 0, mishap: null })
  bench.nowMs = Math.ceil(bench.nowMs / 86_400_000 + 40) * 86_400_000 + 36_005_000
})

const minuteMs = 60_000

describe('a limit', () => {
  it('refuses with what is left, what was needed and when it starts anew', async () => {
    const { subject, terms } = bench.key({ limits: { tokensPerMinute: 100 }, timeZone: 'UTC' })
    const { service } = bench.device(0)
    expect(await service.reserve(subject, terms, { tokens: 70 }, never)).toMatchObject({ ok: true })
    const resetsAtMs = Math.ceil(bench.nowMs / minuteMs) * minuteMs
    expect(await service.reserve(subject, terms, { tokens: 40 }, never)).toMatchObject({
      error: {
        code: 'limit_reached',
        details: {
          ...{ limit: 100, name: 'tokens a minute', left: 30, needed: 40, limitName: 'tokensPerMinute' },
          ...{ resetsAt: new Date(resetsAtMs).toISOString(), resetsAtMs },
        },
      },
    })
    bench.nowMs = resetsAtMs
    expect(await service.reserve(subject, terms, { tokens: 100 }, never)).toMatchObject({ ok: true })
  })

  it('counts requests at a time, and those that were used really', async () => {
    const { subject, terms } = bench.key({ limits: { concurrentRequests: 1, tokensPerDay: 100 } })
    const { service } = bench.device(0)
    const first = await service.reserve(subject, terms, { tokens: 60 }, never)
    const second = await service.reserve(subject, terms, { tokens: 10 }, never)
    expect(second).toMatchObject({ error: { code: 'concurrency_reached', details: { limit: 1 } } })
    if (first.ok) first.value.settle({ tokens: 5 })
    if (first.ok) first.value.settle({ tokens: 50 })
    expect(await service.reserve(subject, terms, { tokens: 95 }, never)).toMatchObject({ ok: true })
  })

  it('shortens an answer to what is left, where it may and enough is', async () => {
    const { subject, terms } = bench.key({ limits: { tokensPerDay: 100 } })
    const { service } = bench.device(1)
    const first = await service.reserve(subject, terms, { tokens: 500, leastTokens: 40 }, never)
    expect(first).toMatchObject({ ok: true, value: { tokens: 100 } })
    if (first.ok) first.value.settle({ tokens: 70 })
    const second = await service.reserve(subject, terms, { tokens: 500, leastTokens: 40 }, never)
    expect(second).toMatchObject({ error: { code: 'limit_reached', details: { left: 30, needed: 40 } } })
  })

  it('lets a request in for less than it can cost only where no other is under way on any device, nor alone', async () => {
    const { subject, terms } = bench.key({ limits: { tokensPerDay: 100 } })
    const need = { tokens: 500, leastTokens: 400, leastAloneTokens: 40 }
    const reserve = (index: number, asked: typeof need | { tokens: number }) =>
      bench.device(index).service.reserve(subject, terms, asked, never)
    const other = await reserve(1, { tokens: 30 })
    expect(await reserve(2, need)).toMatchObject({ error: { code: 'limit_reached', details: { left: 70 } } })
    if (other.ok) other.value.settle({ tokens: 10 })
    const alone = await reserve(2, need)
    expect(alone).toMatchObject({ ok: true, value: { tokens: 90 } })
    expect(await reserve(1, need)).toMatchObject({ error: { code: 'limit_reached' } })
    // It has cost more than was set aside, and is booked whole.
    if (alone.ok) alone.value.settle({ tokens: 300 })
    expect(await reserve(0, { tokens: 1 })).toMatchObject({ error: { code: 'limit_reached' } })
    expect(bench.device(0).service.states(subject, terms)).toMatchObject([{ used: 310, left: 0 }])
    // A holder that is cut off cannot know whether it is alone.
    bench.nowMs += 86_400_000
    bench.device(0).isCutOff = true
    expect(await reserve(2, need)).toMatchObject({ error: { code: 'limit_home_away' } })
  })

  it('in shadow refuses nothing and counts what it would have refused', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerHour: 1 }, limitMode: 'shadow' })
    for (const index of [0, 1, 2]) {
      expect(await bench.device(index).service.reserve(subject, terms, { tokens: 1 }, never)).toMatchObject({
        ok: true,
      })
    }
    expect(bench.device(0).service.states(subject, terms)).toMatchObject([{ used: 3, left: 0, wouldRefuse: 2 }])
  })

  it('stands the same on every device that has been in touch', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 10, tokensPerMonth: 1_000 } })
    for (const index of [0, 1]) {
      const asked = await bench.device(index).service.reserve(subject, terms, { tokens: 50 }, never)
      if (asked.ok) asked.value.settle({ tokens: 20 })
    }
    // What was used elsewhere since is asked for when it is looked at.
    bench.nowMs += 10_000
    const figures = (index: number): unknown[] =>
      bench
        .device(index)
        .service.states(subject, terms)
        .map(({ used, left }) => [used, left])
    await expect
      .poll(() => figures(0))
      .toEqual([
        [2, 8],
        [40, 960],
      ])
    await expect
      .poll(() => figures(1))
      .toEqual([
        [2, 8],
        [40, 960],
      ])
  })

  it('is free for those who leave before it is decided, and they take no place of others', async () => {
    const { subject, terms } = bench.key({ limits: { concurrentRequests: 2, requestsPerDay: 5, tokensPerDay: 500 } })
    const { service } = bench.device(1)
    const reserve = (signal: AbortSignal) => service.reserve(subject, terms, { tokens: 100 }, signal)
    const leaving = new AbortController()
    const left = Array.from({ length: 100 }, () => reserve(leaving.signal))
    const staying = [reserve(never), reserve(never)]
    leaving.abort()
    expect(await Promise.all(staying)).toMatchObject([{ ok: true }, { ok: true }])
    for (const one of await Promise.all(left)) expect(one).toMatchObject({ error: { code: 'stopped' } })
  })

  it('is whole again after many have left while the grantor decided', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 5, tokensPerDay: 500 } })
    const grantor = bench.device(0)
    let decide: () => void = () => undefined
    let isAsked = false
    const decided = new Promise<void>((resolve) => (decide = resolve))
    grantor.answers = {
      handle: async (caller, call) => {
        isAsked ||= call.type === 'exchange' && call.needs.length > 0
        await decided
        return grantor.service.handle(caller, call)
      },
    }
    try {
      const leaving = new AbortController()
      const left = Array.from({ length: 5 }, () =>
        bench.device(1).service.reserve(subject, terms, { tokens: 100 }, leaving.signal),
      )
      await expect.poll(() => isAsked).toBe(true)
      leaving.abort()
      for (const one of await Promise.all(left)) expect(one).toMatchObject({ error: { code: 'stopped' } })
      decide()
      // What was granted to nobody comes back by itself, and serves others whole.
      await expect
        .poll(async () => (await bench.device(2).service.reserve(subject, terms, { tokens: 500 }, never)).ok)
        .toBe(true)
      expect(grantor.service.states(subject, terms)).toMatchObject([
        { name: 'requestsPerDay', used: 1 },
        { name: 'tokensPerDay', used: 500 },
      ])
    } finally {
      grantor.answers = null
    }
  })

  it('stops waiting for the grantor when its request is stopped', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 1 } })
    const stop = new AbortController()
    const asked = bench.device(1).service.reserve(subject, terms, { tokens: 1 }, stop.signal)
    stop.abort()
    expect(await asked).toMatchObject({ error: { code: 'stopped' } })
    await expect
      .poll(async () => (await bench.device(2).service.reserve(subject, terms, { tokens: 1 }, never)).ok)
      .toBe(true)
  })
})

describe('a holder without its grantor', () => {
  it('goes on with its share of each window, and then names who is away', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerMinute: 9 } })
    const holder = bench.device(1)
    expect(await holder.service.reserve(subject, terms, { tokens: 1 }, never)).toMatchObject({ ok: true })
    bench.device(0).isCutOff = true
    const shares: number[] = []
    for (let minute = 0; minute < 2; minute++) {
      bench.nowMs += minuteMs
      let count = 0
      for (;;) {
        const asked = await holder.service.reserve(subject, terms, { tokens: 1 }, never)
        if (asked.ok) count += 1
        else {
          const details = { machine: 'Device 0', limitName: 'requestsPerMinute' }
          expect(asked).toMatchObject({ error: { code: 'limit_home_away', details } })
          break
        }
      }
      shares.push(count)
    }
    expect(shares).toEqual([3, 3])
  })

  it('gives its share up when it stops, so that the others lack nothing', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerMinute: 3 } })
    const asked = await bench.device(1).service.reserve(subject, terms, { tokens: 1 }, never)
    if (asked.ok) asked.value.settle({ tokens: 1 })
    await bench.device(1).service.stop()
    await bench.device(1).restart()
    bench.device(1).isCutOff = true
    bench.nowMs += minuteMs
    for (let count = 0; count < 3; count++) {
      expect(await bench.device(0).service.reserve(subject, terms, { tokens: 1 }, never)).toMatchObject({ ok: true })
    }
  })

  it('that was killed counts what it had reserved as used; one that lost its records, all it held', async () => {
    const { subject, terms } = bench.key({ limits: { tokensPerDay: 90 } })
    const holder = bench.device(1)
    await holder.service.reserve(subject, terms, { tokens: 40 }, never)
    await holder.restart()
    expect(await holder.service.reserve(subject, terms, { tokens: 51 }, never)).toMatchObject({ ok: false })
    await holder.restart()
    await holder.store.bee.remove(limitKeys.held(subject))
    expect(await holder.service.reserve(subject, terms, { tokens: 51 }, never)).toMatchObject({
      error: { code: 'limit_reached', details: { left: 50 } },
    })
  })

  it('learns the time from its grantor when its own clock is an hour off', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerHour: 2 }, timeZone: 'UTC' })
    for (const skewMs of [60 * minuteMs, -60 * minuteMs]) {
      bench.nowMs += 120 * minuteMs
      const holder = bench.device(skewMs > 0 ? 1 : 2)
      holder.skewMs = skewMs
      const endMs = Math.ceil(bench.nowMs / (60 * minuteMs)) * 60 * minuteMs
      const asked = [1, 2, 3].map(() => holder.service.reserve(subject, terms, { tokens: 1 }, never))
      const refused = (await Promise.all(asked)).filter(({ ok }) => !ok)
      expect(refused).toMatchObject([{ error: { code: 'limit_reached', details: { resetsAtMs: endMs } } }])
    }
  })
})

describe('records', () => {
  it('of windows that are long over are dropped', async () => {
    const { subject, terms } = bench.key({ limits: { requestsPerDay: 5 } })
    const { service, store } = bench.device(1)
    await service.reserve(subject, terms, { tokens: 1 }, never)
    const rows = (): Promise<{ value: HolderRow }[]> =>
      bench.device(0).store.bee.list(limitKeys.rows(subject), holderRowSchema)
    // The report that follows a reservation writes the records once more.
    await expect.poll(rows).toMatchObject([{ value: { answeredSequence: 2 } }])
    await service.written()
    const afterMs = (ms: number): { nowMs: number; realMs: number } => ({
      nowMs: bench.nowMs + ms,
      realMs: bench.nowMs + ms,
    })
    await sweep(store.bee, afterMs(86_400_000))
    expect(await rows()).toHaveLength(1)
    expect(await bench.device(0).store.bee.get(limitKeys.total(subject), grantorTotalSchema)).not.toBeNull()
    expect(await store.bee.get(limitKeys.held(subject), holderRecordSchema)).not.toBeNull()
    // A clock that was set makes nothing old.
    await sweep(bench.device(0).store.bee, { nowMs: bench.nowMs + 10 * 86_400_000, realMs: 0 })
    expect(await rows()).toHaveLength(1)
    for (const device of bench.devices) await sweep(device.store.bee, afterMs(10 * 86_400_000))
    expect(await store.bee.get(limitKeys.held(subject), holderRecordSchema)).toBeNull()
    expect(await rows()).toEqual([])
    expect(await bench.device(0).store.bee.get(limitKeys.total(subject), grantorTotalSchema)).toBeNull()
  })
})
