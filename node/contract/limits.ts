import { z } from 'zod'

/**
 * Limits on what a key or a member may use.
 *
 * Windows are calendar ones: a minute, an hour, a day or a month of the time zone that stands beside the
 * limits. Tokens are those of prompt and answer together.
 */
export const limitNames = [
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrentRequests',
  'requestsPerHour',
  'tokensPerHour',
  'requestsPerDay',
  'tokensPerDay',
  'requestsPerMonth',
  'tokensPerMonth',
] as const

export const limitNameSchema = z.enum(limitNames)

/** An absent name means no limit. */
export const limitsSchema = z.partialRecord(limitNameSchema, z.number().int().min(1).max(1_000_000_000_000))

/** `shadow` counts and shows what would have been refused, and refuses nothing. */
export const limitModeSchema = z.enum(['enforced', 'shadow'])

/** An IANA name such as `Europe/Vienna`. */
export const timeZoneSchema = z.string().max(64).refine(isTimeZone, 'expected the name of a time zone')

export const limitStateSchema = z.object({
  name: limitNameSchema,
  limit: z.number().int().nonnegative(),
  /** Settled and reserved in this window, as far as it is known here. */
  used: z.number().int().nonnegative(),
  left: z.number().int().nonnegative(),
  /** When the window ends; null for `concurrentRequests`. */
  resetsAtMs: z.number().nullable(),
  /** Requests of this window that `shadow` let through and `enforced` would have refused. */
  wouldRefuse: z.number().int().nonnegative(),
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    // Thrown for names that no time zone has, and for nothing else.
    return false
  }
}

export type LimitName = z.infer<typeof limitNameSchema>
export type Limits = z.infer<typeof limitsSchema>
export type LimitMode = z.infer<typeof limitModeSchema>
export type LimitState = z.infer<typeof limitStateSchema>
