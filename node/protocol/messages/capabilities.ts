import { z } from 'zod'
import { modelSchema } from '../../contract/state.ts'
import type { Capabilities } from '../machines.ts'

/** What a machine says it can do, as it may arrive from one. It travels on the pool connection. */
export const capabilitiesSchema: z.ZodType<Capabilities> = z.object({
  runId: z.string().max(64),
  sequence: z.number().int().nonnegative(),
  machineName: z.string().max(80),
  isSharing: z.boolean(),
  models: z.array(modelSchema).max(400),
  slots: z.number().int().nonnegative(),
  activeAnswers: z.number().int().nonnegative(),
  waitingAnswers: z.number().int().nonnegative(),
})
