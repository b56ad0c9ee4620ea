import { z } from 'zod'
import { planIdSchema } from './ids.ts'
import { limitModeSchema, limitsSchema, timeZoneSchema } from './limits.ts'

export const roleSchema = z.enum(['owner', 'admin', 'member', 'guest'])
/** Roles that can be given to a member; a pool has one owner. */
export const givenRoleSchema = z.enum(['admin', 'member', 'guest'])
/** An invite never makes an admin. */
export const invitedRoleSchema = z.enum(['member', 'guest'])

/** What members on a plan may use of the pool's computers. */
export const planSchema = z.object({
  planId: planIdSchema,
  name: z.string().trim().min(1).max(40),
  limits: limitsSchema,
  limitMode: limitModeSchema,
  timeZone: timeZoneSchema,
})

export type Role = z.infer<typeof roleSchema>
export type GivenRole = z.infer<typeof givenRoleSchema>
export type Plan = z.infer<typeof planSchema>

/** The plan of members who were given no other. */
export const defaultPlanId = planIdSchema.parse('default')
