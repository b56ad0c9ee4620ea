import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceId } from '../../contract/ids.ts'
import { maxHandedRows, type HolderRow } from '../../protocol/messages/lease-ledger.ts'
import { blankRow, blankTotal } from './grantor-ledger.ts'
import { handedLedger } from './hand-over.ts'
import { windowOf } from '../limit-names.ts'
import type { LimitSubject, LimitTerms } from '../limiter.ts'
import { LimitBench } from '../testing/limit-bench.ts'

let bench: LimitBench
beforeAll(async () => {
  bench = await LimitBench.open(3)
})
afterAll(() => bench.close())
beforeEach(() => {
  for (const device of bench.devices) Object.assign(device, { isCutOff: false, skewMs: 0, mishap: null })
  bench.nowMs = Math.ceil(bench.nowMs / 86_400_000 + 40) * 86_400_000 + 36_005_000
  bench.receipts.clear()
})

const never = new AbortController().signal

interface Limited {
  readonly subject: LimitSubject
  terms: LimitTerms
}

const tenADay = (): Limited => bench.key({ limits: { requestsPerDay: 10 } })

function moveHome(limited: Limited, to: number): void {
  const [deviceId] = limited.terms.grantors
  if (!deviceId) throw new Error('A key has a home')
  const before = { deviceId, times: (limited.terms.before?.times ?? 0) + 1 }
  limited.terms = { ...limited.terms, grantors: [bench.device(to).deviceId], before }
  bench.terms.set(limited.subject.keyId ?? '', limited.terms)
}

/** Makes requests one after the other on a device, until one is refused. Answers how many were let in. */
async function use({ subject, terms }: Limited, device: number, most: number): Promise<number> {
  for (let count = 0; count < most; count++) {
    const reserved = await bench.device(device).service.reserve(subject, terms, { tokens: 1 }, never)
    if (!reserved.ok) {
      // A computer that is away is another matter than a limit that is reached.
      expect(reserved.error.code).toBe('limit_reached')
      return count
    }
    reserved.value.settle({ tokens: 1 })
  }
  return most
}

describe('a count that moves to another device', () => {
  it('takes along what was used at the old home and at every holder', async () => {
    const key = tenADay()
    expect([await use(key, 0, 3), await use(key, 1, 2)]).toEqual([3, 2])
    moveHome(key, 1)
    expect(await use(key, 2, 10)).toBe(5)
    expect(await use(key, 0, 10)).toBe(0)
  })

  it('goes by holders and receipts where the old home is away, and by its own word once it is back', async () => {
    const key = tenADay()
    expect([await use(key, 0, 3), await use(key, 1, 2)]).toEqual([3, 2])
    bench.device(0).isCutOff = true
    moveHome(key, 1)
    // One receipt has not arrived.
    const { startMs } = windowOf('requestsPerDay', key.terms.timeZone, bench.nowMs)
    bench.receipts.set(startMs, { requests: 4, tokens: 4 })
    expect(await use(key, 2, 5)).toBe(5)
    const { service } = bench.device(1)
    await expect.poll(() => service.states(key.subject, key.terms)).toMatchObject([{ used: 9, left: 1 }])
    bench.device(0).isCutOff = false
    expect(await use(key, 2, 5)).toBe(0)
    expect(service.states(key.subject, key.terms)).toMatchObject([{ used: 10, left: 0 }])
  })

  it('counts nothing twice when it comes back', async () => {
    const key = tenADay()
    expect(await use(key, 0, 3)).toBe(3)
    moveHome(key, 1)
    expect(await use(key, 1, 2)).toBe(2)
    moveHome(key, 0)
    expect(await use(key, 2, 10)).toBe(5)
  })

  it('counts nothing twice where the two homes never met', async () => {
    const key = tenADay()
    expect(await use(key, 0, 3)).toBe(3)
    bench.device(0).isCutOff = true
    moveHome(key, 1)
    const { startMs } = windowOf('requestsPerDay', key.terms.timeZone, bench.nowMs)
    bench.receipts.set(startMs, { requests: 3, tokens: 3 })
    expect(await use(key, 1, 2)).toBe(2)
    bench.device(0).isCutOff = false
    moveHome(key, 0)
    expect(await use(key, 2, 10)).toBe(5)
  })

  it('is not given to a device that is not the new home', async () => {
    const key = tenADay()
    await use(key, 0, 1)
    moveHome(key, 1)
    const { deviceId } = bench.device(2)
    const caller = { deviceId, accountId: key.subject.accountId, isOwnAccount: true, standings: [] }
    const asked = bench.device(0).service.handle(caller, { type: 'handOver', subject: key.subject })
    expect(await asked).toMatchObject({ error: { code: 'not_admitted' } })
  })

  it('adds up what many holders hold, where they are too many for one message', () => {
    const total = blankTotal(0)
    total.cells.requestsPerDay = { startMs: 1, endMs: 2, dueMs: 2, writtenOff: 1, guessed: 0, wouldRefuse: 0 }
    const rows = new Map<DeviceId, HolderRow>()
    for (let index = 0; index < maxHandedRows + 2; index++) {
      const cells = { requestsPerDay: { startMs: 1, held: 5, used: 0, reserved: 0, askedBefore: 0, debt: 0 } }
      rows.set(String(index) as DeviceId, { ...blankRow('', { nowMs: 0, realMs: 0 }), cells })
    }
    const handed = handedLedger({ rows, total })
    expect(handed.rows).toHaveLength(maxHandedRows)
    expect(handed.total.cells.requestsPerDay?.writtenOff).toBe(11)
    expect(total.cells.requestsPerDay.writtenOff).toBe(1)
  })
})
