import { z } from 'zod'
import { deviceIdSchema, poolIdSchema } from '../../../node/contract/ids.ts'
import type { HostileApp } from './captured-app.ts'

/** One way to misbehave, run inside the process of a hostile install. */
export interface HostilePart<I extends z.ZodType = z.ZodType> {
  readonly input: I
  /** Replaces honest parts, before the peer starts. */
  replace?(): void
  /** Absent where replacing was all. */
  run?(app: HostileApp, input: z.output<I>): Promise<unknown>
}

/** What every attack on one device knows. */
export const targetSchema = z.object({ poolId: poolIdSchema, victimDeviceId: deviceIdSchema, seed: z.number().int() })

export function hostilePart<I extends z.ZodType>(part: HostilePart<I>): HostilePart<I> {
  return part
}
