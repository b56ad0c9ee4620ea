import { z } from 'zod'
import { maxInviteText } from './invite-text.ts'
import { kithErrorSchema } from './errors.ts'
import {
  accountIdSchema,
  chatIdSchema,
  deviceIdSchema,
  inviteIdSchema,
  keyIdSchema,
  messageIdSchema,
  planIdSchema,
  poolIdSchema,
  sessionIdSchema,
} from './ids.ts'
import { apiKeySchema, keyChoiceSchema } from './keys.ts'
import { givenRoleSchema, invitedRoleSchema, planSchema, roleSchema } from './pools.ts'
import { appStateSchema, chatSummarySchema, inviteSchema, messageSchema, settingsSchema } from './state.ts'
import {
  receiptViewSchema,
  usageGrainSchema,
  usageGroupingSchema,
  usageRangeSchema,
  usageReportSchema,
  usageVerificationSchema,
} from './usage.ts'

/**
 * Every call and event between a window (or the command line) and the peer, in one object.
 *
 * Preload, the Electron host, the control socket, the page and the test fakes derive from it.
 * Every call returns a `Result`; inputs are parsed on the peer's side before a handler sees them.
 */

const username = z.string().max(200)
const password = z.string().max(1_000)
const recoveryPhrase = z.string().max(400)
/** A link, or a text that holds one, such as a message or the page it was saved as. */
const inviteText = z.string().max(maxInviteText)
const nothing = z.object({}).strict()
const done = z.void()
/** A signed token, and when it ends. It can be renewed while the account is unlocked. */
const token = z.object({ token: z.string().max(2_000), expiresAtMs: z.number(), sessionId: sessionIdSchema })

function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): { input: I; output: O } {
  return { input, output }
}

/** Largest call, as encoded text, that any boundary accepts. */
export const maxCallBytes = 8 * 1024 * 1024

/** Largest text a person saves to a file. */
const maxSavedLength = 8 * 1024 * 1024
/** Largest backup of a pool, as text. */
const maxBackupLength = 4 * 1024 * 1024

export const calls = {
  'state.snapshot': call(nothing, z.object({ sequence: z.number().int(), state: appStateSchema })),

  'account.signUp': call(z.object({ username, password }), z.object({ recoveryPhrase: z.string() })),
  'account.unlock': call(z.object({ username, password }), done),
  /** `areOthersLost` unlinks every other computer of the account; otherwise they go on beside this one. */
  'account.restore': call(z.object({ username, password, recoveryPhrase, areOthersLost: z.boolean() }), done),
  'account.recoveryPhrase': call(z.object({ password }), z.object({ recoveryPhrase: z.string() })),
  'account.phraseSaved': call(nothing, done),
  'account.logOut': call(nothing, done),
  'account.changePassword': call(z.object({ password, newPassword: password }), done),
  /** Keeps what opens the account in the keychain of this computer, or forgets it. */
  'account.setRemembered': call(z.object({ password, isRemembered: z.boolean() }), done),
  'account.unlockRemembered': call(z.object({ accountId: accountIdSchema }), done),
  /** Keeps the device key, never the root key, so that sharing goes on while nobody is signed in. */
  'account.setKeepSharing': call(z.object({ password, isEnabled: z.boolean() }), done),
  /** Offers this account to one more device. Without the root key the recovery phrase is needed. */
  'account.startLinking': call(
    z.object({ password, recoveryPhrase: recoveryPhrase.optional() }),
    z.object({ code: z.string(), expiresAtMs: z.number() }),
  ),
  'account.cancelLinking': call(nothing, done),
  /** Makes this install a device of the account that shows the code. The password is for this install. */
  'account.linkDevice': call(z.object({ code: z.string().max(200), password, deviceName: z.string().max(80) }), done),
  /**
   * Renames a computer of the account; another one takes its name when it is next connected.
   * Returns the name it has now, with a number where another computer had it already.
   */
  'account.renameDevice': call(
    z.object({ deviceId: deviceIdSchema, name: z.string().max(80) }),
    z.object({ name: z.string().max(80) }),
  ),
  'account.unlinkDevice': call(
    z.object({ deviceId: deviceIdSchema, password, recoveryPhrase: recoveryPhrase.optional() }),
    done,
  ),

  /** Sessions of programs: the local service's "login". Sign-up is `account.signUp`, its "register". */
  'session.open': call(z.object({ username, password, kind: z.enum(['window', 'command', 'http']) }), token),
  'session.renew': call(z.object({ token: z.string().max(2_000) }), token),
  'session.close': call(z.object({ token: z.string().max(2_000) }), done),
  'session.end': call(z.object({ sessionId: sessionIdSchema }), done),

  'pool.create': call(z.object({ name: z.string().max(200) }), z.object({ poolId: poolIdSchema })),
  'pool.join': call(z.object({ link: inviteText }), z.object({ poolId: poolIdSchema })),
  'pool.inspectInvite': call(
    z.object({ link: inviteText }),
    z.object({
      poolName: z.string(),
      /** Who invites, by the pool's own word; null in invites of earlier versions. */
      inviter: z.string().nullable(),
      role: roleSchema,
      expiresAtMs: z.number(),
      usesAllowed: z.number().int(),
    }),
  ),
  /** The invite as one page that any browser opens, to be sent as a file. */
  'pool.invitePage': call(z.object({ link: inviteText }), z.object({ fileName: z.string(), text: z.string() })),
  'pool.createInvite': call(
    z.object({
      poolId: poolIdSchema,
      role: invitedRoleSchema,
      planId: planIdSchema.optional(),
      usesAllowed: z.number().int().min(1).max(1_000),
      lifetimeMs: z
        .number()
        .int()
        .min(60_000)
        .max(365 * 86_400_000),
    }),
    inviteSchema,
  ),
  'pool.revokeInvite': call(z.object({ poolId: poolIdSchema, inviteId: inviteIdSchema }), done),
  'pool.suspendMember': call(z.object({ poolId: poolIdSchema, accountId: accountIdSchema }), done),
  'pool.resumeMember': call(z.object({ poolId: poolIdSchema, accountId: accountIdSchema }), done),

  'pool.rename': call(z.object({ poolId: poolIdSchema, name: z.string().max(200) }), done),
  /** Also takes a dissolved pool off the list. */
  'pool.leave': call(z.object({ poolId: poolIdSchema }), done),
  /** Makes a member the owner: a computer of theirs, which has to be connected, looks after the pool from then on. */
  'pool.handOver': call(z.object({ poolId: poolIdSchema, accountId: accountIdSchema, password }), done),
  /** Ends the pool for everybody in it, for good. */
  'pool.dissolve': call(z.object({ poolId: poolIdSchema, password }), done),
  'pool.removeMember': call(z.object({ poolId: poolIdSchema, accountId: accountIdSchema }), done),
  'pool.setMember': call(
    z.object({
      poolId: poolIdSchema,
      accountId: accountIdSchema,
      role: givenRoleSchema.optional(),
      planId: planIdSchema.optional(),
    }),
    done,
  ),
  'pool.savePlan': call(z.object({ poolId: poolIdSchema, plan: planSchema }), done),
  'pool.removePlan': call(z.object({ poolId: poolIdSchema, planId: planIdSchema }), done),
  /** A gateway checks the keys of all members and sends requests for them. */
  'pool.setGateway': call(z.object({ poolId: poolIdSchema, deviceId: deviceIdSchema, isGateway: z.boolean() }), done),
  'pool.setCoordinator': call(z.object({ poolId: poolIdSchema, deviceId: deviceIdSchema }), done),
  /** The pool's key and directory, encrypted under a password of its own: whoever gets it runs the pool. */
  'pool.backUp': call(
    z.object({ poolId: poolIdSchema, password, backupPassword: password }),
    z.object({ text: z.string() }),
  ),
  'pool.restore': call(
    z.object({ text: z.string().max(maxBackupLength), password }),
    z.object({ poolId: poolIdSchema }),
  ),

  /** Makes a key. The plain key is in this result and nowhere else. */
  'key.create': call(
    keyChoiceSchema.extend({ poolId: poolIdSchema }),
    z.object({ key: apiKeySchema, plainKey: z.string() }),
  ),
  'key.update': call(z.object({ keyId: keyIdSchema, change: keyChoiceSchema.partial() }), done),
  'key.setEnabled': call(z.object({ keyId: keyIdSchema, isEnabled: z.boolean() }), done),
  /** Gives the key a new secret. The old one works for the overlap, which may be 0. */
  'key.rotate': call(
    z.object({
      keyId: keyIdSchema,
      overlapMs: z
        .number()
        .int()
        .min(0)
        .max(30 * 86_400_000),
    }),
    z.object({ plainKey: z.string() }),
  ),
  /** Final: a revoked key never works again. */
  'key.revoke': call(z.object({ keyId: keyIdSchema }), done),
  /** Makes this device the home of the key: the one that counts its limits. */
  'key.takeHome': call(z.object({ keyId: keyIdSchema }), done),

  'usage.report': call(
    usageRangeSchema.extend({ grain: usageGrainSchema, groupBy: usageGroupingSchema }),
    usageReportSchema,
  ),
  /** Newest first. */
  'usage.receipts': call(
    usageRangeSchema.extend({ keyId: keyIdSchema.nullable(), max: z.number().int().min(1).max(500) }),
    z.object({ receipts: z.array(receiptViewSchema) }),
  ),
  'usage.export': call(
    usageRangeSchema.extend({ format: z.enum(['csv', 'json']) }),
    z.object({ fileName: z.string(), text: z.string() }),
  ),
  /** Checks every signature and total of a month (`2026-11`) against what is stored here; needs no network. */
  'usage.verify': call(
    z.object({ poolId: poolIdSchema.nullable(), month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) }),
    usageVerificationSchema,
  ),

  'sharing.set': call(z.object({ isEnabled: z.boolean() }), done),

  'engine.refresh': call(nothing, done),
  /** Added again with another key, a server gets that key. It is kept sealed, and no call gives it back. */
  'engine.addServer': call(z.object({ url: z.string().max(300), apiKey: z.string().max(1_000).optional() }), done),
  'engine.removeServer': call(z.object({ url: z.string().max(300) }), done),
  'model.download': call(z.object({ catalogueId: z.string().max(80) }), done),
  'model.pauseDownload': call(z.object({ catalogueId: z.string().max(80) }), done),
  'model.cancelDownload': call(z.object({ catalogueId: z.string().max(80) }), done),
  'model.import': call(z.object({ path: z.string().max(4_096) }), z.object({ name: z.string() })),
  'model.remove': call(z.object({ name: z.string().max(200) }), done),

  'chat.open': call(z.object({ chatId: chatIdSchema }), z.object({ messages: z.array(messageSchema) })),
  'chat.remove': call(z.object({ chatId: chatIdSchema }), done),
  'chat.rename': call(z.object({ chatId: chatIdSchema, title: z.string().min(1).max(120) }), done),
  /** Asks a question; the answer's text arrives as `chat` events. A null chatId starts a chat. */
  'chat.ask': call(
    z.object({
      chatId: chatIdSchema.nullable(),
      text: z.string().min(1).max(200_000),
      model: z.string().max(200),
      poolId: poolIdSchema,
      maxTokens: z.number().int().min(1).max(32_768).optional(),
      /** 0 makes the generation repeatable; absent takes what suits the model. */
      temperature: z.number().min(0).max(2).optional(),
    }),
    z.object({ chat: chatSummarySchema, question: messageSchema, answer: messageSchema }),
  ),
  'chat.stop': call(z.object({ chatId: chatIdSchema }), done),

  'settings.update': call(settingsSchema.partial(), done),
} as const

/** Calls that the host of the window handles itself: the peer has no dialogs and no windows. */
export const hostCalls = {
  'host.pickModelFile': call(nothing, z.object({ path: z.string().nullable() })),
  /** Saves text where a person chooses; the path is null when they chose nothing. */
  'host.saveText': call(
    z.object({ fileName: z.string().max(120), text: z.string().max(maxSavedLength) }),
    z.object({ path: z.string().nullable() }),
  ),
  /** Reads a small text file that a person chooses, such as a backup. */
  'host.openText': call(nothing, z.object({ text: z.string().nullable() })),
  'host.openLink': call(z.object({ url: z.string().max(2_000) }), done),
  'host.copyText': call(z.object({ text: z.string().max(1_000_000) }), done),
  'host.startDemo': call(nothing, done),
  /** The invite link this window was opened with, once; null when there is none. */
  'host.takeInviteLink': call(nothing, z.object({ link: z.string().nullable() })),
  'host.status': call(
    nothing,
    z.object({
      runtime: z.string(),
      /** `basic_text` means that the keychain is only a fixed password. */
      keychain: z.enum(['available', 'basic_text', 'unavailable']),
      peer: z.enum(['starting', 'running', 'failed']),
      error: kithErrorSchema.nullable(),
    }),
  ),
  'host.retryPeer': call(nothing, done),
} as const

export const chatEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('stage'),
    chatId: chatIdSchema,
    messageId: messageIdSchema,
    stage: z.enum(['finding', 'waiting', 'loading', 'reading', 'thinking']),
    /** Place in the other computer's queue, when waiting. */
    place: z.number().int().nonnegative().nullable(),
    machineName: z.string().max(80).nullable(),
    /** Whether that machine is this install. Absent while none has taken the request. */
    isOwnMachine: z.boolean().optional(),
    /** Who it belongs to; absent where it is the reader's own. */
    memberName: z.string().max(32).optional(),
  }),
  z.object({ type: z.literal('text'), chatId: chatIdSchema, messageId: messageIdSchema, text: z.string() }),
  z.object({ type: z.literal('end'), chatId: chatIdSchema, message: messageSchema }),
])

export const events = {
  /** One slice of the state, replaced. Sequence numbers follow the snapshot's without a gap. */
  state: z.object({
    sequence: z.number().int(),
    slice: z.enum(Object.keys(appStateSchema.shape) as [keyof typeof appStateSchema.shape]),
    value: z.unknown(),
  }),
  /** Progress of an answer. To a page it travels on a MessagePort, batched per frame. */
  chat: chatEventSchema,
  /** An invite link was opened while the window was open. */
  inviteLink: z.object({ link: z.string() }),
  /** A sentence to show once, for example that the engine was restarted. */
  notice: z.object({ error: kithErrorSchema }),
} as const

export type CallName = keyof typeof calls
export type HostCallName = keyof typeof hostCalls
export type EventName = keyof typeof events
export type AllCalls = typeof calls & typeof hostCalls
export type CallInput<N extends keyof AllCalls> = z.input<AllCalls[N]['input']>
/** What a handler receives: the input after its schema has read it. */
export type ParsedInput<N extends keyof AllCalls> = z.output<AllCalls[N]['input']>
export type CallOutput<N extends keyof AllCalls> = z.output<AllCalls[N]['output']>
export type EventPayloads = { [N in EventName]: z.output<(typeof events)[N]> }
export type EventPayload<N extends EventName> = EventPayloads[N]
export type ChatEvent = z.infer<typeof chatEventSchema>
