import { Option, type Command } from 'commander'
import { z } from 'zod'
import { ok, type Result } from '../../../contract/result.ts'
import type { UsageGrain, UsageReport } from '../../../contract/usage.ts'
import { addAction } from '../../add-action.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { addUsageExportCommand } from './usage-export.ts'
import { addRangeOptions, rangeOf, rangeOptions, type RangeOptions } from './usage-range.ts'
import { addUsageReceiptsCommand } from './usage-receipts.ts'
import { addUsageVerifyCommand } from './usage-verify.ts'

const groupings = { key: 'key', model: 'model', member: 'account', machine: 'machine' } as const
type GroupName = keyof typeof groupings

const optionsSchema = rangeOptions.extend({
  by: z.enum(Object.keys(groupings) as [GroupName, ...GroupName[]]).optional(),
  grain: z.enum(['hour', 'day', 'month']),
})
type ReportOptions = z.output<typeof optionsSchema>

/** `kith usage …`: what was used; without a word after it, the report. */
export function addUsageCommands(program: Command, perform: Perform): void {
  const usage = program.command('usage').description('what was asked for, and what was served')
  addAction<ReportOptions>(usage, perform, {
    usage: 'report',
    isDefault: true,
    description: 'totals per hour, day or month',
    options: (command) => {
      addRangeOptions(command)
      command
        .addOption(new Option('--by <what>', 'totals for each').choices(Object.keys(groupings)))
        .addOption(new Option('--grain <time>', 'how long a line is').choices(['hour', 'day', 'month']).default('day'))
      return optionsSchema
    },
    run: (running, { options }) => reportUsage(running, options),
  })
  addUsageReceiptsCommand(usage, perform)
  addUsageExportCommand(usage, perform)
  addUsageVerifyCommand(usage, perform)
}

/** How far back a report goes by default. */
const usualSpanMs = { hour: 86_400_000, day: 30 * 86_400_000, month: 365 * 86_400_000 } as const

async function reportUsage(running: Running, options: RangeOptions & ReportOptions): Promise<Result<void>> {
  const range = rangeOf(running, options, usualSpanMs[options.grain])
  if (!range.ok) return range
  const { grain, by } = options
  const groupBy = by ? groupings[by] : 'none'
  const report = await running.client.call('usage.report', { ...range.value, grain, groupBy })
  if (!report.ok) return report
  const { direction } = range.value
  for (const bucket of report.value.buckets) {
    running.output.event({ type: 'usage-bucket', grain, direction, groupBy, ...bucket })
  }
  running.output.event({ type: 'usage-totals', direction, ...report.value.totals })
  if (!running.output.isJson) running.output.result({ type: 'usage' }, describe(report.value, by ?? null, direction))
  return ok()
}

function describe(report: UsageReport, by: GroupName | null, direction: string): string[] {
  const heading = ['When', ...(by ? [by] : []), 'requests', 'failed', 'prompt tokens', 'answer tokens']
  const numbers = (one: UsageReport['totals']): string[] =>
    [one.requests, one.failures, one.promptTokens, one.completionTokens].map(String)
  const rows = report.buckets.flatMap(({ startMs, groups }) =>
    groups.map((group) => [bucketName(report.grain, startMs), ...(by ? [group.label] : []), ...numbers(group)]),
  )
  if (rows.length === 0) return [`Nothing was ${direction} in this time.`]
  return table([heading, ...rows, [`All ${direction}`, ...(by ? [''] : []), ...numbers(report.totals)]])
}

/** Buckets begin in the time zone of this computer; those of long ago may begin in UTC. */
function bucketName(grain: UsageGrain, startMs: number): string {
  const start = new Date(startMs)
  const isOfUtc = startMs % 86_400_000 === 0 && start.getHours() + start.getMinutes() > 0 && grain !== 'hour'
  const local = isOfUtc ? start : new Date(startMs - start.getTimezoneOffset() * 60_000)
  const text = local.toISOString()
  return grain === 'hour' ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text.slice(0, grain === 'day' ? 10 : 7)
}
