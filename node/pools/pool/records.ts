import { z } from 'zod'
import { accountIdSchema, deviceIdSchema, inviteIdSchema, planIdSchema } from '../../contract/ids.ts'
import { defaultPlanId, roleSchema } from '../../contract/pools.ts'

/**
 * The records in the bees of a pool, one schema each. docs/data.md has the key layout.
 * Bytes are hexadecimal text.
 */
const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
export const maxPoolNameLength = 40
/** A signed record, packed and in base64url. */
export const signedTextSchema = z.string().max(24_000)

export const directoryKeys = {
  pool: 'v1/pool',
  beat: 'v1/beat',
  plans: 'v1/plan/',
  members: 'v1/member/',
  devices: 'v1/device/',
  invites: 'v1/invite/',
  refused: 'v1/refused/',
} as const

export const poolRecordSchema = z.object({
  name: z.string().min(1).max(maxPoolNameLength),
  kind: z.enum(['devices', 'shared']),
  createdAtMs: z.number(),
  /** A device whose last beat of the directory is older than this refuses requests of other accounts. */
  staleAfterDays: z.number().int().min(1).max(365),
  /** The device that counts what members use; null means the manager. */
  coordinator: deviceIdSchema.nullable().default(null),
  /** The previous coordinator (null means the manager) and the number of changes; null if there was no change. */
  coordinatorBefore: z
    .object({ deviceId: deviceIdSchema.nullable(), times: z.number().int().min(1).max(1_000_000) })
    .nullable()
    .default(null),
})

export const memberRecordSchema = z.object({
  accountId: accountIdSchema,
  username: z.string().max(32),
  role: roleSchema,
  planId: planIdSchema.default(defaultPlanId),
  state: z.enum(['active', 'suspended']),
  joinedAtMs: z.number(),
  inviteId: hex32.nullable(),
  /** When the directory last decided about this member; earlier decisions of admins are ignored. */
  decidedAtMs: z.number().default(0),
})

export const deviceRecordSchema = z.object({
  deviceId: deviceIdSchema,
  accountId: accountIdSchema,
  serviceKey: hex32,
  /** Null until the device has received its read keys and named its cores. */
  statement: signedTextSchema.nullable(),
  /** Whether it may check the API keys of all members and make requests for them. */
  isGateway: z.boolean().default(false),
})

export const inviteRecordSchema = z.object({
  inviteId: inviteIdSchema,
  role: roleSchema,
  planId: planIdSchema.default(defaultPlanId),
  usesAllowed: z.number().int(),
  expiresAtMs: z.number(),
  isRevoked: z.boolean(),
  /** Accounts that were admitted by it. */
  spentBy: z.array(accountIdSchema).max(10_000),
})

export const refusalRecordSchema = z.object({
  code: z.enum(['invite_spent', 'invite_revoked', 'invite_expired', 'member_removed']),
  /** When it was decided: a removed account needs an invite made later. */
  atMs: z.number().default(0),
})
export const beatRecordSchema = z.object({ atMs: z.number() })

export const sealedNotesSchema = z.object({ box: z.string().max(1_000_000) })

export const envelopeKeys = { epoch: 'v1/epoch', envelopes: 'v1/envelope/' } as const
export const epochRecordSchema = z.object({
  current: z.number().int().min(1),
  /** The directory core of this epoch; absent in the first epoch, where the header names it. */
  directoryCore: hex32.optional(),
})
export const envelopeRecordSchema = z.object({
  box: z.string().max(2_048),
  /** Whether it contains the usage key, so that a change of role is noticed. Absent in envelopes of older versions. */
  hasUsageKey: z.boolean().optional(),
})
/** The decrypted contents of an envelope. */
export const readKeysSchema = z.object({
  epoch: z.number().int().min(1),
  /** Decrypts the directory and the member bees. */
  poolKey: hex32,
  /** Decrypts the usage bees; null for guests. */
  usageKey: hex32.nullable(),
})

export const memberKeys = {
  profile: 'v1/profile',
  deviceList: 'v1/device-list',
  adminRecords: 'v1/admin/',
  /** Only in *My devices*: the sealed notes of AccountNotes. */
  notes: 'v1/notes',
  /** Usage cores by `<month>/<epoch>`. */
  usageCores: 'v1/usage-core/',
} as const

/** What a device says of itself to everybody in the pool. */
export const profileSchema = z.object({
  username: z.string().max(32),
  /** Absent in records of older versions, as is the next. */
  machineName: z.string().min(1).max(80).optional(),
  /** Whether it shares while it is on, so that others know whom to wait for. */
  isSharing: z.boolean().optional(),
})

export const localKeys = {
  settings: 'v1/settings',
  sharing: 'v1/sharing',
  header: (poolId: string) => `v1/pool/${poolId}/header`,
  directory: (poolId: string) => `v1/pool/${poolId}/directory`,
  readKeys: (poolId: string) => `v1/pool/${poolId}/read-keys/`,
  /** Changes of owner, by generation. */
  successions: (poolId: string) => `v1/pool/${poolId}/succession/`,
  ending: (poolId: string) => `v1/pool/${poolId}/ending`,
  /** The directory this device goes on from where it takes the pool over, until it has. */
  successor: (poolId: string) => `v1/pool/${poolId}/successor`,
  left: (poolId: string) => `v1/pool/${poolId}/left/`,
  inviteLinks: 'v1/invite-link/',
  seen: (poolId: string) => `v1/pool/${poolId}/seen/`,
  setAside: (poolId: string) => `v1/pool/${poolId}/set-aside/`,
  deviceLists: 'v1/device-list/',
  knownMachines: 'v1/known-machine/',
  serverKey: (url: string) => `v1/server-key/${url}`,
  chats: 'v1/chat/',
  messages: (chatId: string) => `v1/message/${chatId}/`,
} as const

/** The directory this install follows, stored so that it opens without a peer and never goes back to an older one. */
export const followedSchema = z.object({
  headerEpoch: z.number().int(),
  epoch: z.number().int().min(1),
  core: hex32,
  /** Of the header; absent in older stores, where the pool's own key speaks. */
  generation: z.number().int().min(0).default(0),
  /** The device that writes it; absent in older stores, where it is the one that the header names. */
  writer: deviceIdSchema.optional(),
})

/** An acceptance as this install first saw it, so that its age is judged by our own clock. */
export const seenRecordSchema = z.object({
  accountId: accountIdSchema,
  username: z.string().max(32),
  role: roleSchema,
  planId: planIdSchema.default(defaultPlanId),
  inviteId: hex32,
  firstSeenMs: z.number(),
})

export type PoolRecord = z.infer<typeof poolRecordSchema>
export type MemberRecord = z.infer<typeof memberRecordSchema>
export type DeviceRecord = z.infer<typeof deviceRecordSchema>
export type InviteRecord = z.infer<typeof inviteRecordSchema>
export type SeenRecord = z.infer<typeof seenRecordSchema>
export type RefusalCode = z.infer<typeof refusalRecordSchema>['code']
export type EpochRecord = z.infer<typeof epochRecordSchema>
export type Followed = z.infer<typeof followedSchema>
export type Profile = z.infer<typeof profileSchema>
export type ReadKeys = z.infer<typeof readKeysSchema>
