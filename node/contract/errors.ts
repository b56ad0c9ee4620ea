import { z } from 'zod'
import { sentencesForOthers, sentencesForOwner, sentencesForServer } from './points-of-view.ts'

/**
 * The one catalogue of expected failures. Each sentence tells a person what happened and what to do.
 *
 * `{name}` is filled from the details of the failure. Codes are stable: never reused, never renamed.
 * docs/errors.md lists them; a test keeps the two in step.
 */
export const errorCatalogue = {
  // Input
  bad_request: 'That request could not be understood: {reason}. Check it and try again.',
  too_large: 'That is too large: the limit is {limit}. Send something smaller.',
  version_mismatch: 'The other computer runs a version of Kith that this one cannot talk to. Update Kith on both.',
  unknown_call: 'This version of Kith does not know "{name}". Update Kith and try again.',

  // Accounts
  username_taken: 'There is already an account called "{username}" on this computer. Choose another name or sign in.',
  username_invalid: 'A user name has 2 to 32 letters, digits, dots, dashes or underscores. Choose another name.',
  password_too_short: 'A password needs at least {minimum} characters. Choose a longer one.',
  account_unknown: 'There is no account called "{username}" on this computer. Check the name or sign up.',
  password_wrong: 'That password does not open this account. Try again, or use your recovery phrase.',
  slow_down: 'Too many wrong passwords. Wait {seconds} seconds and try again.',
  phrase_invalid: 'That is not a recovery phrase: it has 12 words from the list. Check the spelling of each word.',
  vault_corrupt:
    'The file that holds this account is damaged. Nothing was deleted: restore the account with your recovery phrase.',
  vault_newer: 'This account was written by a newer Kith. Update Kith to open it.',
  not_signed_in: 'Sign in first.',
  already_signed_in: 'Somebody is signed in already. Log out first.',

  // Profile and disk
  profile_in_use:
    'Kith is already running with this profile. Use the window that is open, or start with another --profile folder.',
  profile_copied:
    'This profile was copied or restored from another place. Kith gave this computer new keys, so that both copies stay safe.',
  disk_full: 'The disk is full: {needed} needed, {free} free. Free some space and try again; nothing was lost.',
  records_malformed:
    'The {kind} records of "{machine}" ({account}) in the pool "{pool}" are built as Kith never writes them ({reason}). They are no longer read; everything else goes on. Ask {account} what runs on that computer.',
  records_too_long:
    'The {kind} records of "{machine}" ({account}) in the pool "{pool}" are longer than they may be ({reason}). They are no longer read; everything else goes on. Ask {account} what runs on that computer.',
  records_full:
    'This computer has written as many {kind} records as it may. Nothing was lost: it writes new ones once the pool begins a new epoch, as when a device is removed.',
  storage_failed: 'Kith could not read or write its files: {reason}. Check the disk and the folder permissions.',
  configuration_invalid: 'The setting {setting} is not valid: {reason}. Correct it and start again.',
  port_taken: 'Port {port} is used by another program. Close that program or choose another port.',
  start_failed: 'Kith could not start {part}: {reason}. Try again; nothing was lost.',

  // Pools and invites
  pool_unknown: 'This computer is not in that pool. Ask for an invite.',
  pool_name_invalid: 'A pool name has 1 to 40 characters. Choose another name.',
  pool_member_already: 'You are already in the pool "{pool}".',
  pool_owner_only: 'Only the computer that manages the pool "{pool}" can do that.',
  member_unknown: 'That person is not in this pool.',
  member_suspended: 'Your place in the pool "{pool}" is suspended. Ask the person who runs the pool.',
  member_removed: 'You were removed from the pool "{pool}". Ask the person who runs it for a new invite.',
  not_admitted: 'That computer has not let you in yet. Check that your invite is still good.',
  directory_stale:
    'This computer has not heard from the pool for {days} days, so it refuses requests from others. Connect it to the pool once.',
  invite_malformed: 'That is not a Kith invite. Copy the whole link, from "kith://" to the end.',
  invite_forged: 'That invite was not made by this pool. Ask for a new one.',
  invite_expired: 'That invite has expired. Ask for a new one.',
  invite_spent: 'That invite has been used as often as it allows. Ask for a new one.',
  invite_revoked: 'That invite was withdrawn. Ask for a new one.',
  invite_unknown: 'There is no such invite in this pool.',
  provisional_lapsed:
    'The pool has not confirmed your invite within 7 days. Ask its owner to open Kith, then try again.',

  // API keys
  key_missing: 'This request carries no API key. Send one as "Authorization: Bearer sk-kith-…".',
  key_malformed: 'That is not a Kith API key. Copy the whole key, from "sk-kith-" to the end.',
  key_mistyped: 'That API key has a typing mistake, or a part of it is missing. Copy it again.',
  key_unknown: 'There is no such API key. Make one on the Keys page of Kith.',
  key_foreign: 'That API key belongs to a pool this computer is not in. Use it where that pool is.',
  key_not_here:
    'That API key works on the computers of its owner and on gateways of its pool, and this computer is neither.',
  key_not_ready: 'This computer has not received the keys of that account yet. Try again in {seconds} seconds.',
  key_disabled: 'That API key is switched off. Its owner can switch it on again.',
  key_revoked: 'That API key was revoked and will not work again. Make a new one.',
  key_expired: 'That API key has expired. Make a new one, or give it a later end.',
  key_scope_missing: 'That API key may not be used for this: it lacks the scope "{scope}".',
  key_model_refused: 'That API key may not use the model "{model}". Choose one it allows.',
  keys_too_many: 'There are {limit} API keys in this pool already. Revoke some first.',

  // Limits
  limit_reached: 'The limit of {limit} {name} is reached: {left} left, {needed} needed. It resets at {resetsAt}.',
  concurrency_reached: 'The limit of {limit} requests at a time is reached. Wait for one to end.',
  limit_home_away:
    'The computer that counts this limit is not connected, and what was set aside for such times is used up. It is {machine}.',
  lease_invalid: 'The permission that came with this question does not hold: {reason}.',

  // Roles and plans
  pool_role_needed: 'In the pool "{pool}" only {role} can do that.',
  pool_manager_away: 'Only the computer that manages the pool "{pool}" can do that, and it is not connected.',
  pool_owner_stays:
    'The owner of a pool cannot leave it or be removed. Hand the pool over to a member first, or dissolve it.',
  pool_dissolved:
    '{owner} has dissolved the pool "{pool}". What you used and its receipts stay here; nothing else works in it any more.',
  successor_unfit:
    '"{member}" cannot take over the pool "{pool}" now. Only a member or an admin whose place is confirmed can, and no guest.',
  successor_away:
    'No computer of "{member}" is connected and ready to take over the pool "{pool}". Ask {member} to open Kith and sign in, then try again.',
  pool_devices_stays: 'The pool of your own devices stays: it belongs to your account.',
  plan_unknown: 'There is no plan called "{plan}" in this pool.',
  plan_in_use: 'The plan "{plan}" is in use. Give its members another one first.',
  gateway_role_needed: 'That computer may not ask for others: it is no gateway of this pool.',
  backup_malformed: 'That is not a backup of a pool, or it is damaged. Choose the whole file.',
  backup_password_wrong: 'That password does not open this backup. It is the one that was chosen when it was made.',
  backup_outdated:
    'The pool has newer records than this backup, and a computer that still writes them. Restoring would split the pool.',

  // Devices and sessions
  link_code_malformed: 'That is not a code for linking a device. Type it as the other computer shows it.',
  link_code_expired: 'That code has expired, or was used. Ask the other computer for a new one.',
  link_unreachable: 'The computer that shows the code could not be reached. Keep its window open and try again.',
  root_key_needed:
    'This computer does not hold the key for that. Give your recovery phrase, or use the first computer.',
  device_unknown: 'There is no such device in your account.',
  device_is_this: 'This is the computer you are using. Unlink it from another one.',
  device_unlinked: 'This computer was unlinked from the account. Link it again, or sign up anew.',
  restored_elsewhere:
    'This account was restored elsewhere on {date}, with its other computers given as lost. Link this one again, or restore it with your recovery phrase.',
  keychain_unavailable: 'This computer has no keychain that Kith can use. The password is needed each time.',
  session_invalid: 'That session is not known here, or it has ended. Log in again.',
  session_expired: 'That session has expired. Log in again.',
  clock_off:
    'The clock of "{machine}" and that of this computer differ by {minutes} minutes. What it answers is listed all the same, at the time its own clock shows.',
  own_clock_off:
    'The clock of this computer is off by {minutes} minutes, by those of {accounts} other people. Set it right.',

  // Local API
  host_refused:
    'This address does not answer as "{host}". List that name on the Keys page, under the address for programs, or in KITH_API_HOSTS.',
  origin_refused:
    'Pages of "{origin}" may not use this address. List that origin on the Keys page, under the address for programs, or in KITH_API_ORIGINS.',
  request_slow: 'The request did not arrive whole in time. Send it again.',
  credentials_wrong: 'That name and password are not those of the account that is signed in here.',
  route_unknown: 'There is nothing at this address. See the documentation for those that exist.',

  // Network
  offline: 'This computer is not connected. Check the network; Kith keeps trying.',
  machine_unreachable: 'The computer "{machine}" could not be reached. Check that it is on and that Kith runs there.',
  machine_lost: 'The connection to "{machine}" was lost before the answer was complete. Ask again.',
  too_many_calls: 'That computer has not read enough of the replies to its earlier requests. Try again in a moment.',
  too_many_connections: 'That computer has too many connections. Try again in a minute.',
  hostile_messages: '"{machine}" of {member} was cut off: it sent messages that no Kith sends.',
  replies_unread: '"{machine}" of {member} was cut off: it asked without reading the replies.',
  messages_unread: '"{machine}" of {member} was cut off: it sent more messages than can be read.',
  protocol_error: 'The other computer sent something Kith could not read. Update Kith on both and try again.',

  // Answers
  nobody_online:
    'Nobody in the pool "{pool}" is online right now. Ask again when one of these people is: {members}. Or use a model on this computer.',
  model_not_found:
    'No computer in this pool has a model called "{model}". Check the name, or choose one of those that are offered.',
  no_model: 'No computer in this pool offers the model "{model}" now. Choose another model or share one.',
  sharing_off: 'Sharing is switched off on "{machine}". Ask its owner to switch it on, or choose another computer.',
  queue_full: '"{machine}" has too many questions waiting. Try again in a minute.',
  accept_timeout: '"{machine}" did not take the question within {seconds} seconds. Ask again.',
  first_token_timeout:
    '"{machine}" did not begin to answer within {seconds} seconds. Ask again, or choose a smaller model.',
  load_timeout: '"{machine}" did not load the model within {seconds} seconds. Ask again, or choose a smaller model.',
  token_timeout: '"{machine}" stopped in the middle of its answer. Ask again.',
  total_timeout: 'The answer took longer than {minutes} minutes and was stopped.',
  stopped: 'The answer was stopped.',
  shutting_down: '"{machine}" is closing Kith. Choose another computer.',
  context_too_long:
    'This model’s maximum context length is {limit} tokens, and what was sent comes to about {tokens}. Start a new chat, or send less.',
  chat_unknown: 'That chat is no longer here.',
  chat_busy: 'This chat is still answering. Stop the answer or wait for it.',

  // Engines and models
  engine_unavailable: '{engine} is not running on "{machine}". Start it and ask again.',
  engine_failed: '{engine} reported a problem: {reason}.',
  engine_refused: '{engine} does not take this request: {reason}. Change it and ask again.',
  engine_crashed: 'The model engine stopped unexpectedly and was started again. Ask again.',
  engine_stopped: '{engine} stopped in the middle of the answer. Start it again and ask again.',
  model_unknown: 'The model "{model}" is not on this computer.',
  model_does_not_fit:
    'The model "{model}" needs {needed} of memory and {free} is free. Close other programs or choose a smaller model.',
  model_corrupt: 'The file "{file}" is not a model Kith can use: {reason}. Download it again.',
  model_in_use: 'The model "{model}" is answering. Stop the answer first.',
  download_failed: 'The download of "{model}" failed: {reason}. What was received is kept; try again.',
  download_checksum: 'The download of "{model}" did not match its checksum and was discarded. Try again.',
  download_unavailable: 'None of the sources for "{model}" can be reached. Check the network and try again.',
  url_invalid: 'That is not an address Kith can use: {reason}.',

  // Command line
  peer_stopped: 'Kith stopped while this command was talking to it. Start it again and repeat the command.',
  control_unproved:
    'What answers for this profile could not prove that it is your own Kith, so it was told nothing. Stop Kith and start it again.',
  peer_silent: 'Kith did not answer within {seconds} seconds. Check that it still works, or restart it.',
  password_needed:
    'A password is needed. Type it when asked, or give it with --password-stdin, KITH_PASSWORD or KITH_PASSWORD_FILE.',
  account_none: 'There is no account with this profile yet. Make one with "kith account sign-up <name>".',
  choice_needed: 'More than one {kind} fits: {choices}. Name one with {option}.',
  pool_to_manage_none: 'No shared pool is managed by this computer. Make one with "kith pool create <name>".',
  usage_unverified: '{problems} receipts or totals of {month} do not hold. The lines above name them.',
  nobody_shares:
    'No computer in your pools offers a model now. Switch sharing on at one of them, or get a model with "kith models download".',

  // Window
  display_missing: 'There is no screen here, so Kith runs without a window.',
  window_crashed: 'The window stopped unexpectedly and was loaded again. Answers went on meanwhile; nothing was lost.',
  demo_failed: 'The second window could not be opened: {reason}.',
  internal: 'Something went wrong inside Kith. Try again; if it happens again, report it with the number {reference}.',
} as const

export type ErrorCode = keyof typeof errorCatalogue
export const errorCodes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]

/** Why a device was cut off: it sent what no honest one sends. */
export const cutOffCodes = ['hostile_messages', 'replies_unread', 'messages_unread'] as const satisfies ErrorCode[]
export type CutOffCode = (typeof cutOffCodes)[number]

export type ErrorDetails = Readonly<Record<string, string | number>>

export const kithErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string().max(2_000),
  details: z.record(z.string().max(64), z.union([z.string().max(1_000), z.number()])),
})

/** An expected failure, as a value. `message` is the English sentence; the window translates by code. */
export type KithError = z.infer<typeof kithErrorSchema>

type Sentences = Partial<Record<ErrorCode, string>>
const forOthers: Sentences = sentencesForOthers
const forOwner: Sentences = sentencesForOwner
const forServer: Sentences = sentencesForServer

/** Whether the sentence depends on whose computer failed. */
export function hasPointOfView(code: ErrorCode): boolean {
  return forOthers[code] !== undefined
}

/** Whether the owner of a computer has something to do when it fails so while it answers somebody else. */
export function hasSentenceForServer(code: ErrorCode): boolean {
  return forServer[code] !== undefined
}

/** The sentence for whoever reads it, as the details tell. */
function sentenceFor(code: ErrorCode, { member, asker, machine }: ErrorDetails): string {
  const theirs = member === undefined ? undefined : forOthers[code]
  const here = asker === undefined ? undefined : forServer[code]
  const there = machine === undefined ? undefined : forOwner[code]
  return theirs ?? here ?? there ?? errorCatalogue[code]
}

/** Makes the value for one expected failure; details fill the sentence. */
export function kithError(code: ErrorCode, details: ErrorDetails = {}): KithError {
  const message = sentenceFor(code, details).replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in details ? String(details[name]) : whole,
  )
  return { code, message: message.slice(0, 2_000), details: { ...details } }
}
