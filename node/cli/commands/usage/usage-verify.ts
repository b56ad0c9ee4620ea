import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { fail, ok } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { findPool } from '../../find-pool.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'

const optionsSchema = z.object({ pool: z.string().optional(), month: z.string().optional() })

/** `kith usage verify`: checks every signature and total of a month, without a network. */
export function addUsageVerifyCommand(usage: Command, perform: Perform): void {
  addAction(usage, perform, {
    usage: 'verify',
    description: 'check every signature and total of a month; fails where one does not hold',
    options: (command) => {
      command
        .option('--month <month>', 'such as 2026-11; otherwise this month', monthText)
        .option('--pool <pool>', 'name or tag of one pool; otherwise all')
      return optionsSchema
    },
    run: async ({ client, view, output }, { options }) => {
      const pool = options.pool === undefined ? null : findPool(view.state.pools, options.pool)
      if (pool && !pool.ok) return pool
      const month = options.month ?? new Date().toISOString().slice(0, 7)
      const verified = await client.call('usage.verify', { poolId: pool?.value.poolId ?? null, month })
      if (!verified.ok) return verified
      const { receipts, verified: good, problems } = verified.value
      output.result({ type: 'usage-verified', month, receipts, verified: good, problems }, [
        `${good} of ${receipts} receipts of ${month} hold.`,
        ...table(problems.map(({ attemptId, reason }) => [`  ${attemptId}`, reason])),
      ])
      return problems.length === 0 ? ok() : fail('usage_unverified', { problems: problems.length, month })
    },
  })
}

function monthText(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('Expected a month such as 2026-11.')
  return text
}
