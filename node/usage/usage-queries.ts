import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import {
  noUsage,
  type ReceiptView,
  type UsageDirection,
  type UsageGrouping,
  type UsageReport,
  type UsageTotals,
  type UsageVerification,
} from '../contract/usage.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import type { Pool } from '../pools/pool/pool.ts'
import { clockMattersMs } from './clock-watch.ts'
import { listReceipts, type ListedReceipt, type ReceiptQuery } from './receipt-list.ts'
import { plus } from './rollups.ts'
import { stateOf } from './signed-receipt.ts'
import type { UsageCube } from './usage-cube.ts'
import { toCsv, toJson } from './usage-export.ts'
import {
  reportOf,
  startOfPeriod,
  totalsSince,
  type ReportQuery,
  type ReportSources,
  type UsageRange,
} from './usage-report.ts'
import { verifyBees } from './usage-verify.ts'

/** What the ledger needs of a pool. */
export type LedgerPool = Pick<Pool, 'poolId' | 'bees' | 'usage'>

/** Names to show for the ids in a receipt; null for what is not known here. */
export interface UsageNames {
  readonly account: (accountId: string) => string | null
  readonly key: (keyId: string) => string | null
  readonly machine: (deviceId: string) => string | null
  /** The same with whose it is, where it is another person's: "Mia (Gaming PC)". */
  readonly machineLabel: (deviceId: string) => string | null
  readonly accountOfMachine: (deviceId: string) => AccountId | null
}

export interface UsageQueriesOptions {
  readonly accountId: AccountId
  readonly pools: () => Iterable<LedgerPool>
  readonly cube: UsageCube
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  readonly names: UsageNames
  readonly timeZone: () => string
  /** Resolves when the stored totals are read and the stored months are open. */
  readonly ready: () => Promise<void>
  readonly nowMs: () => number
}

/** Bounds of an export, in characters and in receipts. */
const maxExportLength = 8 * 1024 * 1024
const maxExported = 25_000

/** Reports usage: totals from the index, receipts and checks from the bees. */
export class UsageQueries {
  constructor(private readonly options: UsageQueriesOptions) {}

  /** Totals since midnight in the account's time zone. */
  today(direction: UsageDirection): UsageTotals {
    return this.#since('day', direction)
  }

  /** Totals since the first of the month in the account's time zone. */
  thisMonth(direction: UsageDirection): UsageTotals {
    return this.#since('month', direction)
  }

  /** Usage of one key, today and this month. */
  ofKey(poolId: PoolId, keyId: KeyId): { today: UsageTotals; thisMonth: UsageTotals } {
    const { nowMs, timeZone } = this.#sources()
    const of = (period: 'day' | 'month'): UsageTotals =>
      this.ofKeyIn(poolId, keyId, startOfPeriod(period, nowMs, timeZone), nowMs + 1)
    return { today: of('day'), thisMonth: of('month') }
  }

  /** Usage of one key in a range of time, in whole hours. */
  ofKeyIn(poolId: PoolId, keyId: KeyId, fromMs: number, toMs: number): UsageTotals {
    const report = reportOf(
      { poolId, direction: 'consumed', fromMs, toMs, grain: 'month', groupBy: 'key' },
      this.#sources(),
    )
    const groups = report.buckets.flatMap((bucket) => bucket.groups.filter(({ id }) => id === keyId))
    return groups.reduce<UsageTotals>((sum, { id: _id, label: _label, ...totals }) => plus(sum, totals), noUsage)
  }

  async report(query: ReportQuery): Promise<UsageReport> {
    await this.options.ready()
    return reportOf(query, this.#sources())
  }

  async receipts(range: UsageRange & { keyId: KeyId | null; max: number }): Promise<ReceiptView[]> {
    const { accountId, isGateway, ready } = this.options
    await ready()
    const query = { ...range, nowMs: this.options.nowMs() }
    const found = await listReceipts(this.#listed(range.poolId), query, accountId, isGateway)
    return found.map((listed) => this.#view(listed, query))
  }

  async export(range: UsageRange & { format: 'csv' | 'json' }): Promise<Result<{ fileName: string; text: string }>> {
    const receipts = await this.receipts({ ...range, keyId: null, max: maxExported + 1 })
    const text = range.format === 'csv' ? toCsv(receipts) : toJson(receipts, range.direction)
    if (receipts.length > maxExported || text.length > maxExportLength) {
      return fail('too_large', { limit: `${maxExported} answers or 8 MiB` })
    }
    return ok({ fileName: `kith-usage-${range.direction}.${range.format}`, text })
  }

  /** Checks a month (`2026-11`) of this account's devices, offline. */
  async verify(poolId: PoolId | null, month: string): Promise<UsageVerification> {
    const { accountId, nowMs, ready } = this.options
    await ready()
    const results: UsageVerification[] = []
    for (const { bees } of this.#listed(poolId)) {
      const ofMonth = bees.filter((one) => one.month === month)
      results.push(await verifyBees(ofMonth, accountId, nowMs()))
    }
    return {
      receipts: results.reduce((sum, { receipts }) => sum + receipts, 0),
      verified: results.reduce((sum, { verified }) => sum + verified, 0),
      problems: results.flatMap(({ problems }) => problems).slice(0, 1_000),
    }
  }

  #since(period: 'day' | 'month', direction: UsageDirection): UsageTotals {
    const sources = this.#sources()
    return totalsSince(sources, direction, startOfPeriod(period, sources.nowMs, sources.timeZone))
  }

  #sources(): ReportSources {
    const { timeZone, nowMs, names } = this.options
    return {
      cube: this.options.cube,
      poolIds: [...this.options.pools()].map((pool) => pool.poolId),
      timeZone: timeZone(),
      nowMs: nowMs(),
      accountOf: names.accountOfMachine,
      labelOf: (grouping, id) => this.#labelOf(grouping, id),
    }
  }

  #labelOf(grouping: UsageGrouping, id: string): string {
    const { names } = this.options
    if (grouping === 'none' || id === '') return ''
    if (grouping === 'model') return id
    if (grouping === 'machine') return names.machineLabel(id) ?? id.slice(0, 6)
    return names[grouping](id) ?? id.slice(0, 6)
  }

  #view({ signed, heardAtMs }: ListedReceipt, { direction, nowMs }: ReceiptQuery): ReceiptView {
    const { receipt } = signed
    const offMs = receipt.finishedAtMs - (heardAtMs ?? nowMs)
    // What is dated later than now was written under a clock that was ahead.
    const clockOffMs = heardAtMs !== null || offMs > clockMattersMs ? offMs : null
    const label = (grouping: UsageGrouping, id: string | null): string => this.#labelOf(grouping, id ?? '')
    return {
      ...receipt,
      direction,
      state: stateOf(signed),
      accountName: label('account', receipt.accountId).slice(0, 80),
      keyName: label('key', receipt.keyId).slice(0, 60),
      machineName: (
        this.options.names.machine(receipt.processorDeviceId) ?? receipt.processorDeviceId.slice(0, 6)
      ).slice(0, 80),
      machineAccountName: label('account', this.options.names.accountOfMachine(receipt.processorDeviceId)).slice(0, 80),
      clockOffMs,
    }
  }

  #listed(poolId: PoolId | null): { poolId: PoolId; bees: readonly DeviceBee[] }[] {
    const pools = [...this.options.pools()].filter((pool) => poolId === null || pool.poolId === poolId)
    return pools.map((pool) => ({ poolId: pool.poolId, bees: pool.bees.all }))
  }
}
