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

/** One login to this install: a window, a command or a program. Ends when the account is logged out. */
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
  /** Null while nobody is signed in. */
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
      /** The code for linking a device; null while none is valid. */
      link: z.object({ code: z.string().max(80), expiresAtMs: z.number() }).nullable(),
    })
    .nullable(),
  /** Set when the vault was found copied and this install got new keys. */
  copiedProfile: z.boolean(),
  /** The account whose device serves others while nobody is signed in; null when none does. */
  sharingAs: accountSummarySchema.nullable(),
})

export type AccountSummary = z.infer<typeof accountSummarySchema>
export type OwnDeviceView = z.infer<typeof ownDeviceSchema>
export type SessionView = z.infer<typeof sessionSchema>
