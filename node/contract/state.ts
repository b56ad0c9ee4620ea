import { z } from 'zod'
import { accountSliceSchema } from './accounts.ts'
import { apiHostsSchema, apiOriginsSchema } from './api-guests.ts'
import { kithErrorSchema } from './errors.ts'
import {
  accountIdSchema,
  chatIdSchema,
  deviceIdSchema,
  inviteIdSchema,
  messageIdSchema,
  planIdSchema,
  poolIdSchema,
} from './ids.ts'
import { apiKeySchema } from './keys.ts'
import { limitStateSchema } from './limits.ts'
import { planSchema, roleSchema } from './pools.ts'
import { usageSliceSchema } from './usage.ts'

/** What the window sees of the peer: one schema for each slice. A `state` event replaces a whole slice. */

const name = z.string().max(80)
const bytes = z.number().int().nonnegative()

export const engineNameSchema = z.enum(['ollama', 'embedded', 'server'])

export const memberSchema = z.object({
  accountId: accountIdSchema,
  username: z.string().max(32),
  tag: z.string(),
  role: roleSchema,
  planId: planIdSchema,
  state: z.enum(['active', 'provisional', 'suspended']),
  joinedAtMs: z.number(),
  isSelf: z.boolean(),
})

export const inviteSchema = z.object({
  inviteId: inviteIdSchema,
  /** Empty where the invite was made on another install. */
  link: z.string().max(2_000),
  role: roleSchema,
  planId: planIdSchema,
  usesAllowed: z.number().int(),
  usesSpent: z.number().int(),
  expiresAtMs: z.number(),
  state: z.enum(['open', 'spent', 'expired', 'revoked']),
})

/** A core that this install no longer reads, because its device wrote what no honest one writes. */
export const setAsideSchema = z.object({
  /** Key of the core, in hexadecimal. */
  core: z.string().max(64),
  kind: z.enum(['directory', 'envelopes', 'member', 'usage']),
  deviceId: deviceIdSchema,
  accountId: accountIdSchema.nullable(),
  /** Says whose it is and why. */
  error: kithErrorSchema,
  atMs: z.number(),
})

/** More are not shown. */
export const maxSetAsideShown = 32

/** A device of a member that was cut off for what it sent; the sentence of its error names both. */
export const cutOffSchema = z.object({
  deviceId: deviceIdSchema,
  accountId: accountIdSchema,
  error: kithErrorSchema,
  atMs: z.number(),
})

export const poolSchema = z.object({
  poolId: poolIdSchema,
  name,
  /** The private pool made at sign-up, or one shared with other people. */
  kind: z.enum(['devices', 'shared']),
  role: roleSchema,
  /** `waiting`: joined by an invite, not yet seen by any computer of the pool. */
  state: z.enum(['waiting', 'provisional', 'active', 'suspended', 'refused']),
  /** Why this install is refused, when it is. */
  refusal: kithErrorSchema.nullable(),
  /** Whether this install is the manager, which writes the pool's directory. */
  isManager: z.boolean(),
  /** While false, nothing can be changed that only the manager may write. */
  isManagerConnected: z.boolean(),
  /** The newest first. */
  setAside: z.array(setAsideSchema).max(maxSetAsideShown),
  members: z.array(memberSchema),
  invites: z.array(inviteSchema),
  plans: z.array(planSchema).max(64),
  /** How this account stands against its plan. */
  limitStates: z.array(limitStateSchema),
  /** The device that counts what members use; null before the directory has arrived. */
  coordinatorDeviceId: deviceIdSchema.nullable(),
  /** Grows whenever somebody was removed, left, or unlinked a device. */
  readEpoch: z.number().int().nonnegative(),
  /** The latest first; forgotten after an hour, and with a restart. */
  cutOffs: z.array(cutOffSchema).max(16),
})

export const modelSchema = z.object({
  /** Name as the engine knows it, unique within engine and machine. */
  name: z.string().max(200),
  engine: engineNameSchema,
  /** Content digest, sha256 in hexadecimal; empty where the engine gives none. */
  digest: z.string().max(128),
  sizeBytes: bytes,
  contextTokens: z.number().int().nonnegative().nullable(),
  isLoaded: z.boolean(),
})

export const machineSchema = z.object({
  deviceId: deviceIdSchema,
  accountId: accountIdSchema,
  ownerName: z.string().max(32),
  name,
  isSelf: z.boolean(),
  poolIds: z.array(poolIdSchema),
  /** Pools in which this device may act for other members. */
  gatewayPoolIds: z.array(poolIdSchema),
  connection: z.enum(['self', 'looking', 'connecting', 'admitted', 'refused', 'offline']),
  isSharing: z.boolean(),
  /** Whether it shares while it is on, as it last said to the pool; absent where it never said. */
  sharesWhenOn: z.boolean().optional(),
  models: z.array(modelSchema),
  activeAnswers: z.number().int().nonnegative(),
  waitingAnswers: z.number().int().nonnegative(),
})

export const downloadSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  z.object({
    state: z.enum(['downloading', 'paused']),
    receivedBytes: bytes,
    totalBytes: bytes,
    bytesPerSecond: z.number().nonnegative(),
    /** What is happening, for example which source is tried. */
    source: z.string().max(200),
  }),
  z.object({ state: z.literal('verifying') }),
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('failed'), error: kithErrorSchema, receivedBytes: bytes, totalBytes: bytes }),
])

export const catalogueModelSchema = z.object({
  catalogueId: z.string().max(80),
  name,
  description: z.string().max(300),
  licence: z.string().max(80),
  licenceUrl: z.string().max(300),
  sizeBytes: bytes,
  memoryBytes: bytes,
  contextTokens: z.number().int(),
  /** Whether it is the download to begin with on this machine. */
  isSuggested: z.boolean(),
  /** Whether it is the one for trying out. */
  isSmallest: z.boolean(),
  /** Null when it fits; otherwise the coded reason why not. */
  misfit: kithErrorSchema.nullable(),
  download: downloadSchema,
})

/** A model to begin with: one that is here already, or one of the catalogue. */
export const modelSuggestionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('present'), name: z.string().max(200), engine: engineNameSchema }),
  z.object({ kind: z.literal('download'), catalogueId: z.string().max(80) }),
])

export const modelsSliceSchema = z.object({
  local: z.array(modelSchema),
  catalogue: z.array(catalogueModelSchema),
  /** The best for this machine first; what does not fit it is left out. */
  suggestions: z.array(modelSuggestionSchema),
})

/** Requests that an engine gets at once. */
const slots = z.number().int().min(1).max(1_024)

/** By engine: `ollama`, or the address of a server. One that is not named has its usual number. */
export const engineSlotsSchema = z
  .record(z.string().min(1).max(300), slots)
  .refine((chosen) => Object.keys(chosen).length <= 16)
export type EngineSlots = Readonly<z.infer<typeof engineSlotsSchema>>

export const enginesSliceSchema = z.object({
  ollama: z.object({
    state: z.enum(['checking', 'running', 'not_found']),
    version: z.string().max(40).nullable(),
    url: z.string().max(300),
    slots,
  }),
  embedded: z.object({ state: z.enum(['idle', 'loading', 'ready', 'failed']), error: kithErrorSchema.nullable() }),
  servers: z.array(
    z.object({
      url: z.string().max(300),
      state: z.enum(['checking', 'running', 'not_found']),
      error: kithErrorSchema.nullable(),
      slots,
      /** Whether a key is sent to it. */
      hasKey: z.boolean(),
    }),
  ),
})

/** More people are not named. */
export const maxServing = 32
const servingSchema = z.object({
  accountId: accountIdSchema,
  name: z.string().max(80),
  activeAnswers: z.number().int().nonnegative(),
  waitingAnswers: z.number().int().nonnegative(),
})

export const sharingSliceSchema = z.object({
  isEnabled: z.boolean(),
  /** For other people; the account's own requests are not counted. */
  activeAnswers: z.number().int().nonnegative(),
  waitingAnswers: z.number().int().nonnegative(),
  /** Who is being answered or waits, the busiest first. */
  serving: z.array(servingSchema).max(maxServing),
  /** Generations served to others in each of the last 30 minutes, oldest first. */
  servedPerMinute: z.array(z.number().int().nonnegative()).max(30),
})

export const networkSliceSchema = z.object({
  state: z.enum(['stopped', 'starting', 'online', 'offline', 'suspended']),
  connectedMachines: z.number().int().nonnegative(),
  /** True while this install is on a private network for "Try it alone". */
  isDemo: z.boolean(),
  reason: z.string().max(300),
})

export const chatSummarySchema = z.object({
  chatId: chatIdSchema,
  title: z.string().max(120),
  updatedAtMs: z.number(),
  isAnswering: z.boolean(),
})

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  deviceName: name,
  /** Last choices of the chat window. */
  chatPoolId: poolIdSchema.nullable(),
  chatModel: z.string().max(200).nullable(),
  serverUrls: z.array(z.string().max(300)).max(8),
  /** Requests that each engine gets at once, where a person has chosen. */
  engineSlots: engineSlotsSchema.optional(),
  /** Whether the first-run path has been finished or skipped. */
  isFirstRunDone: z.boolean(),
  /** How often an answer in progress is announced to screen readers. */
  announceAnswers: z.enum(['sentences', 'end', 'off']),
  /** Whether programs on this computer may send requests over HTTP, with a key. Absent means yes. */
  isApiEnabled: z.boolean().optional(),
  /** Port of the local API; absent or null takes the default, or any free one where that is taken. */
  apiPort: z.number().int().min(1).max(65_535).nullable().optional(),
  /** Names and pages that may reach the local API beside its own. Absent means none. */
  apiHosts: apiHostsSchema.optional(),
  apiOrigins: apiOriginsSchema.optional(),
  /** Whether the note before the first question to another person's computer was read. Absent means no. */
  hasReadPrivacyNote: z.boolean().optional(),
})

export const runtimeSliceSchema = z.object({
  version: z.string().max(40),
  engineMemoryFreeBytes: bytes,
  profileName: z.string().max(80),
  /** Demo role of this window, to label it. */
  demoRole: z.enum(['none', 'first', 'second']),
})

/** The HTTP address that programs on this computer talk to. */
export const apiSliceSchema = z.object({
  state: z.enum(['off', 'starting', 'running', 'failed']),
  /** Base address, ending in `/v1`; null unless it runs. */
  url: z.string().max(100).nullable(),
  error: kithErrorSchema.nullable(),
  /**
   * The port where programs look for it, if another program holds that: they send their keys there. Where it is the port
   * of `url` too, the other one has only the address `::1`, so that those are at risk who are set to `localhost`.
   */
  takenPort: z.number().int().optional(),
})

export const appStateSchema = z.object({
  account: accountSliceSchema,
  pools: z.array(poolSchema),
  machines: z.array(machineSchema),
  models: modelsSliceSchema,
  engines: enginesSliceSchema,
  sharing: sharingSliceSchema,
  network: networkSliceSchema,
  chats: z.array(chatSummarySchema),
  settings: settingsSchema,
  runtime: runtimeSliceSchema,
  keys: z.array(apiKeySchema).max(2_000),
  usage: usageSliceSchema,
  api: apiSliceSchema,
})

export const messageSchema = z.object({
  messageId: messageIdSchema,
  role: z.enum(['user', 'assistant']),
  text: z.string().max(1_000_000),
  createdAtMs: z.number(),
  /** Set on answers. */
  answer: z
    .object({
      state: z.enum(['answering', 'complete', 'stopped', 'failed']),
      model: z.string().max(200),
      machineName: name,
      deviceId: deviceIdSchema.nullable(),
      isOwnMachine: z.boolean(),
      /** Who that computer belongs to; absent where it is the reader's own. */
      memberName: z.string().max(32).optional(),
      promptTokens: z.number().int().nonnegative().nullable(),
      completionTokens: z.number().int().nonnegative().nullable(),
      firstTokenMs: z.number().nonnegative().nullable(),
      durationMs: z.number().nonnegative().nullable(),
      error: kithErrorSchema.nullable(),
      /** How many of the chat's oldest messages the model was not given, because all were too long for it. */
      leftOutMessages: z.number().int().positive().optional(),
    })
    .nullable(),
})

export type AppState = z.infer<typeof appStateSchema>
export type SliceName = keyof AppState
export type Member = z.infer<typeof memberSchema>
export type Invite = z.infer<typeof inviteSchema>
export type Pool = z.infer<typeof poolSchema>
export type CutOff = z.infer<typeof cutOffSchema>
export type Model = z.infer<typeof modelSchema>
export type Machine = z.infer<typeof machineSchema>
export type Download = z.infer<typeof downloadSchema>
export type CatalogueModel = z.infer<typeof catalogueModelSchema>
export type ModelSuggestion = z.infer<typeof modelSuggestionSchema>
export type ChatSummary = z.infer<typeof chatSummarySchema>
export type Message = z.infer<typeof messageSchema>
export type Settings = z.infer<typeof settingsSchema>
export type EngineName = z.infer<typeof engineNameSchema>
