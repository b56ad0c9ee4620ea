import type { Command } from 'commander'
import { z } from 'zod'
import { ok, type Result } from '../../../contract/result.ts'
import type { UsageRange } from '../../../contract/usage.ts'
import { findPool } from '../../find-pool.ts'
import { sinceMs } from '../../option-values.ts'
import type { Running } from '../../run-command.ts'

export const rangeOptions = z.object({
  pool: z.string().optional(),
  served: z.boolean().default(false),
  since: z.number().optional(),
  until: z.number().optional(),
})
export type RangeOptions = z.output<typeof rangeOptions>

/** Options of every command that looks at a span of usage. */
export function addRangeOptions(command: Command): void {
  command
    .option('--served', 'what this account computed for others; otherwise what it asked for')
    .option('--since <time>', 'from when on: 12h, 7d, or a date', sinceMs)
    .option('--until <time>', 'until when: 12h ago, 7d, or a date; otherwise now', sinceMs)
    .option('--pool <pool>', 'name or tag of one pool; otherwise all')
}

export function rangeOf({ view }: Running, options: RangeOptions, usualSpanMs: number): Result<UsageRange> {
  const pool = options.pool === undefined ? null : findPool(view.state.pools, options.pool)
  if (pool && !pool.ok) return pool
  const toMs = options.until ?? Date.now()
  return ok({
    poolId: pool?.value.poolId ?? null,
    direction: options.served ? 'served' : 'consumed',
    fromMs: options.since ?? toMs - usualSpanMs,
    toMs,
  })
}
