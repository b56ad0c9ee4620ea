import { z } from 'zod'
import { noUsage, usageTotalsSchema, type Receipt, type UsageDirection, type UsageTotals } from '../contract/usage.ts'
import { rollupKey, usageGrains } from './usage-keys.ts'

/** A rollup as it is stored: the totals of its bucket, and the full model name. */
export const rollupSchema = usageTotalsSchema.extend({
  model: z.string().max(200),
  /** When the last attempt in it ended. */
  lastAtMs: z.number(),
})
export type Rollup = z.infer<typeof rollupSchema>

export function plus(left: UsageTotals, right: UsageTotals): UsageTotals {
  return combine(left, right, 1)
}

export function minus(left: UsageTotals, right: UsageTotals): UsageTotals {
  return combine(left, right, -1)
}

function combine(left: UsageTotals, right: UsageTotals, sign: 1 | -1): UsageTotals {
  return {
    requests: left.requests + sign * right.requests,
    failures: left.failures + sign * right.failures,
    promptTokens: left.promptTokens + sign * right.promptTokens,
    completionTokens: left.completionTokens + sign * right.completionTokens,
  }
}

/** What one attempt adds to the totals. */
export function totalsOf({ outcome, promptTokens, completionTokens }: Receipt): UsageTotals {
  return { requests: 1, failures: outcome === 'failed' || outcome === 'lost' ? 1 : 0, promptTokens, completionTokens }
}

/** The rollups an attempt belongs to in one direction, one per grain. */
export function rollupKeysOf(receipt: Receipt, direction: UsageDirection): string[] {
  return usageGrains.map((grain) => rollupKey(grain, direction, receipt))
}

/** Collects changes of rollups, so that a group of receipts writes each rollup once. */
export class RollupChanges {
  readonly #changes = new Map<string, Rollup>()

  add(receipt: Receipt, direction: UsageDirection, sign: 1 | -1): void {
    const totals = totalsOf(receipt)
    for (const key of rollupKeysOf(receipt, direction)) {
      const known = this.#changes.get(key)
      const lastAtMs = Math.max(known?.lastAtMs ?? 0, receipt.finishedAtMs)
      this.#changes.set(key, { ...combine(known ?? noUsage, totals, sign), model: receipt.model, lastAtMs })
    }
  }

  has(key: string): boolean {
    return this.#changes.has(key)
  }

  /** The record after the change; undefined where nothing is left. */
  applyTo(key: string, stored: unknown): Rollup | undefined {
    const change = this.#changes.get(key)
    const before = rollupSchema.safeParse(stored)
    if (!change) return before.success ? before.data : undefined
    const totals = plus(before.success ? before.data : noUsage, change)
    const lastAtMs = Math.max(change.lastAtMs, before.success ? before.data.lastAtMs : 0)
    return totals.requests > 0 ? { ...totals, model: change.model, lastAtMs } : undefined
  }
}
