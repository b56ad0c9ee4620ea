import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { limitModeSchema, limitNames, limitsSchema, type LimitMode, type Limits } from '../contract/limits.ts'
import { text } from './option-values.ts'

/** What `--limit`, `--no-limit` and the like ask for. */
export interface LimitChoice {
  readonly limit: Limits
  /** Names of limits to take away. */
  readonly without: readonly string[]
  readonly mode: LimitMode | undefined
  readonly timeZone: string | undefined
}

const optionsSchema = z.object({
  limit: limitsSchema.default({}),
  without: z.array(z.enum(limitNames)).default([]),
  shadow: z.boolean().default(false),
  enforce: z.boolean().default(false),
  timeZone: z.string().optional(),
})

/** Options of everything that has limits: keys and plans. */
export function addLimitOptions(command: Command): void {
  command
    .option('--limit <name=number>', `a limit, such as requests-per-minute=3; may be repeated`, collectLimit)
    .option('--without <name>', 'take a limit away; may be repeated', collectName)
    .option('--shadow', 'count and show what would be refused, and refuse nothing')
    .option('--enforce', 'refuse what is over a limit')
    .option('--time-zone <name>', 'whose days and months count, such as Europe/Vienna', text(64))
    .addHelpText('after', `\nLimits: ${limitNames.map(dashed).join(', ')}.`)
}

export function readLimitChoice(values: unknown): LimitChoice {
  const { limit, without, shadow, enforce, timeZone } = optionsSchema.parse(values)
  const mode = shadow ? 'shadow' : enforce ? 'enforced' : undefined
  return { limit, without, mode: mode && limitModeSchema.parse(mode), timeZone }
}

/** The limits after what was asked for. */
export function changedLimits(before: Limits, { limit, without }: LimitChoice): Limits {
  const kept = Object.entries(before).filter(([name]) => !without.includes(name))
  return { ...Object.fromEntries(kept), ...limit }
}

export function isLimitChoice({ limit, without, mode, timeZone }: LimitChoice): boolean {
  return Object.keys(limit).length > 0 || without.length > 0 || mode !== undefined || timeZone !== undefined
}

/** The time zone of this computer. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function collectLimit(text: string, before: Limits | undefined): Limits {
  const [name = '', value = ''] = text.split('=')
  const parsed = limitsSchema.safeParse({ [limitName(name)]: /^[0-9]+$/.test(value) ? Number(value) : null })
  if (!parsed.success) throw new InvalidArgumentError('Expected a limit such as tokens-per-day=100000.')
  return { ...before, ...parsed.data }
}

function collectName(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), limitName(text)]
}

/** `tokens-per-day` and `tokensPerDay` are the same. */
function limitName(text: string): string {
  const name = limitNames.find((one) => one === text || dashed(one) === text)
  if (!name) throw new InvalidArgumentError(`Expected one of ${limitNames.map(dashed).join(', ')}.`)
  return name
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
