import { z } from 'zod'
import { kithErrorSchema } from '../contract/errors.ts'
import { accountIdSchema, deviceIdSchema, inviteIdSchema, planIdSchema } from '../contract/ids.ts'
import { givenRoleSchema, invitedRoleSchema, planSchema } from '../contract/pools.ts'

/** Actions that only a pool's manager can carry out, as another device of the pool asks for them. */
export const managerActionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('rename'), name: z.string().max(200) }),
  z.object({
    do: z.literal('setMember'),
    accountId: accountIdSchema,
    role: givenRoleSchema.optional(),
    planId: planIdSchema.optional(),
  }),
  z.object({ do: z.literal('suspendMember'), accountId: accountIdSchema }),
  z.object({ do: z.literal('resumeMember'), accountId: accountIdSchema }),
  z.object({ do: z.literal('removeMember'), accountId: accountIdSchema }),
  z.object({ do: z.literal('savePlan'), plan: planSchema }),
  z.object({ do: z.literal('removePlan'), planId: planIdSchema }),
  z.object({ do: z.literal('setGateway'), deviceId: deviceIdSchema, isGateway: z.boolean() }),
  z.object({ do: z.literal('setCoordinator'), deviceId: deviceIdSchema }),
  z.object({
    do: z.literal('createInvite'),
    role: invitedRoleSchema,
    planId: planIdSchema.optional(),
    usesAllowed: z.number().int().min(1).max(1_000),
    lifetimeMs: z
      .number()
      .int()
      .min(60_000)
      .max(365 * 86_400_000),
  }),
  z.object({ do: z.literal('revokeInvite'), inviteId: inviteIdSchema }),
  z.object({ do: z.literal('dissolve') }),
  z.object({ do: z.literal('handOver'), accountId: accountIdSchema }),
])

/** An invite that was made; the link is a secret and goes only to the device that asked for it. */
export const madeInviteSchema = z.object({
  inviteId: inviteIdSchema,
  link: z.string().max(2_000),
  role: invitedRoleSchema,
  planId: planIdSchema,
  usesAllowed: z.number().int(),
  expiresAtMs: z.number(),
})

/** What the manager asks of a member's device that is to be the next one: has it read the directory up to here? */
const readinessSchema = z.object({
  do: z.literal('takeOver'),
  headerEpoch: z.number().int(),
  epoch: z.number().int(),
  version: z.number().int().nonnegative(),
})
/** The public key that will speak for the pool; its secret never leaves the device that made it. */
const successorSchema = z.object({ authority: z.string().regex(/^[0-9a-f]{64}$/) })

const blind = z.string().regex(/^[0-9a-f]{64}$/)
const askId = z.number().int().nonnegative()

const askedActionSchema = z.discriminatedUnion('do', [...managerActionSchema.options, readinessSchema])
export const askSchema = z.object({ type: z.literal('ask'), blind, askId, action: askedActionSchema })
export const askedSchema = z.object({
  type: z.literal('asked'),
  blind,
  askId,
  error: kithErrorSchema.nullable(),
  invite: madeInviteSchema.nullable(),
  successor: successorSchema.nullable().default(null),
})

export type ManagerAction = z.infer<typeof managerActionSchema>
export type AskedAction = z.infer<typeof askedActionSchema>
export type Readiness = z.infer<typeof readinessSchema>
export type Successor = z.infer<typeof successorSchema>
export type MadeInvite = z.infer<typeof madeInviteSchema>
export type Ask = z.infer<typeof askSchema>
export type Asked = z.infer<typeof askedSchema>
