import { z } from 'zod'
import { deviceIdSchema, poolIdSchema } from '../../../node/contract/ids.ts'
import type { HostileApp } from './captured-app.ts'

/** One way to misbehave, run inside the process of a hostile install. */
export interface HostilePart<I extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly input: I
  /** What it has sent, and what has become of that: an attack that was not made shows nothing. */
  readonly report: R
  /** Replaces honest parts, before the peer starts. */
  replace?(): void
  /** Absent where replacing was all. */
  run?(app: HostileApp, input: z.output<I>): Promise<z.input<R>>
}

/** What every attack on one device knows. */
export const targetSchema = z.object({ poolId: poolIdSchema, victimDeviceId: deviceIdSchema, seed: z.number().int() })

export const count = z.number().int().nonnegative()

export function hostilePart<I extends z.ZodType, R extends z.ZodType>(part: HostilePart<I, R>): HostilePart<I, R> {
  return part
}
