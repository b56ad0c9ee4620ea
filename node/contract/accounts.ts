import { z } from 'zod'
import { accountIdSchema, deviceIdSchema, sessionIdSchema } from './ids.ts'

const name = z.string().max(80)

export const accountSummarySchema = z.object({
  accountId: accountIdSchema,
  username: z.string().max(32),
  tag: z.string(),
  /** Whether this install can open it without the password. */
  isRemembered: z.boolean(),
})

/** One install of the account. */
export const ownDeviceSchema = z.object({
  deviceId: deviceIdSchema,
  name,
  addedAtMs: z.number(),
  isSelf: z.boolean(),
  isConnected: z.boolean(),
})

/** Somebody or something that is logged in to this install. Sessions end when the account is logged out. */
export const sessionSchema = z.object({
  sessionId: sessionIdSchema,
  kind: z.enum(['window', 'command', 'http']),
  startedAtMs: z.number(),
  seenAtMs: z.number(),
  expiresAtMs: z.number(),
})

export const accountSliceSchema = z.object({
  /** Accounts on this install, to choose from when signing in. */
  accounts: z.array(accountSummarySchema),
  /** Who is signed in, or null. */
  current: accountSummarySchema
    .extend({
      deviceId: deviceIdSchema,
      deviceName: name,
      recoveryPhraseSaved: z.boolean(),
      /** Whether this install holds the root key: it can link and unlink devices by password alone. */
      hasRootKey: z.boolean(),
      devices: z.array(ownDeviceSchema).max(64),
      sessions: z.array(sessionSchema).max(64),
      /** Whether this computer goes on sharing while nobody is signed in. */
      keepsSharing: z.boolean(),
      /** A device may be linked with this code now; null when none is being linked. */
      link: z.object({ code: z.string().max(80), expiresAtMs: z.number() }).nullable(),
    })
    .nullable(),
  /** Set when the vault was found copied and this install got new keys. */
  copiedProfile: z.boolean(),
  /** Whose device keys serve others while nobody is signed in; null when none do. */
  sharingAs: accountSummarySchema.nullable(),
})

export type AccountSummary = z.infer<typeof accountSummarySchema>
export type OwnDeviceView = z.infer<typeof ownDeviceSchema>
export type SessionView = z.infer<typeof sessionSchema>
