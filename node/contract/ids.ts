import { z } from 'zod'

/**
 * Branded identifiers, so that the compiler tells one kind of id from another.
 *
 * Keys travel as lower-case hexadecimal of 32 bytes; local ids are UUIDs.
 */
const hexKey = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')

export const accountIdSchema = hexKey.brand<'AccountId'>()
export const deviceIdSchema = hexKey.brand<'DeviceId'>()
export const poolIdSchema = hexKey.brand<'PoolId'>()
export const inviteIdSchema = hexKey.brand<'InviteId'>()
export const chatIdSchema = z.uuid().brand<'ChatId'>()
export const messageIdSchema = z.uuid().brand<'MessageId'>()
export const requestIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits')
  .brand<'RequestId'>()

/** Names an API key; the secret is not part of it. */
export const keyIdSchema = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
  .brand<'KeyId'>()
/** Names a plan within its pool; a person may read it. */
export const planIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected small letters, digits and dashes')
  .brand<'PlanId'>()
/** One attempt at a request on one machine: `<request id>-<attempt>`, counted from 1. */
export const attemptIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}-[1-9]$/, 'expected a request id and an attempt')
  .brand<'AttemptId'>()
export const sessionIdSchema = z.uuid().brand<'SessionId'>()

export type AccountId = z.infer<typeof accountIdSchema>
export type DeviceId = z.infer<typeof deviceIdSchema>
export type PoolId = z.infer<typeof poolIdSchema>
export type InviteId = z.infer<typeof inviteIdSchema>
export type ChatId = z.infer<typeof chatIdSchema>
export type MessageId = z.infer<typeof messageIdSchema>
export type RequestId = z.infer<typeof requestIdSchema>
export type KeyId = z.infer<typeof keyIdSchema>
export type PlanId = z.infer<typeof planIdSchema>
export type AttemptId = z.infer<typeof attemptIdSchema>
export type SessionId = z.infer<typeof sessionIdSchema>

/** The short tag shown beside a name, so that two people called "sam" can be told apart. */
export function tagOf(id: AccountId | DeviceId | PoolId): string {
  return id.slice(0, 6)
}
