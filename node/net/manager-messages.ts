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

const blind = z.string().regex(/^[0-9a-f]{64}$/)
const askId = z.number().int().nonnegative()

export const askSchema = z.object({ type: z.literal('ask'), blind, askId, action: managerActionSchema })
export const askedSchema = z.object({
  type: z.literal('asked'),
  blind,
  askId,
  error: kithErrorSchema.nullable(),
  invite: madeInviteSchema.nullable(),
})

export type ManagerAction = z.infer<typeof managerActionSchema>
export type MadeInvite = z.infer<typeof madeInviteSchema>
export type Ask = z.infer<typeof askSchema>
export type Asked = z.infer<typeof askedSchema>
