import type { AccountStore } from '../accounts/account-store.ts'
import { checkPassword } from '../accounts/credentials.ts'
import { deviceKeyPair } from '../accounts/identity.ts'
import { readLinkingCode } from './linking-code.ts'
import { vouchesFor } from '../accounts/linking-grant.ts'
import {
  createLinkingRequest,
  decodeLinkingMessage,
  encodeLinkingMessage,
  linkingVersion,
  type LinkingMessage,
} from './linking-messages.ts'
import { readComputerName } from '../accounts/computer-name.ts'
import { cleanDeviceName } from '../accounts/device-name.ts'
import { ownDevice } from '../accounts/own-devices.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { Log } from '../base/log.ts'
import { fail, type Result } from '../contract/result.ts'
import { randomBytes, seedBytes } from '../crypto/keys.ts'
import type { DhtNode } from '../net/dht-node.ts'
import { dialForLinking, type LinkingConnection } from '../net/linking-connection.ts'

/** How long to look for the device that shows the code. */
const searchDeadlineMs = 30_000

export interface LinkingGuestOptions {
  readonly accounts: AccountStore
  readonly dht: DhtNode
  readonly log: Log
  readonly nowMs: () => number
  readonly signal: AbortSignal
  readonly deadlineMs?: number
}

export interface LinkChoice {
  readonly code: string
  /** For the account on this install only. */
  readonly password: string
  readonly deviceName: string
}

/** Makes this install a device of the account that shows the code. Returns its vault, unlocked. */
export async function linkToAccount(choice: LinkChoice, options: LinkingGuestOptions): Promise<Result<Vault>> {
  const keys = readLinkingCode(choice.code)
  if (!keys.ok) return keys
  const password = checkPassword(choice.password)
  if (!password.ok) return password
  const { dht, log, signal } = options
  const { host, guest } = keys.value
  const deadlineMs = options.deadlineMs ?? searchDeadlineMs
  const connection = await dialForLinking({ dht: dht.dht, hostKey: host.publicKey, guest, log, deadlineMs, signal })
  if (!connection.ok) return connection
  try {
    return await talk(connection.value, choice, options)
  } finally {
    connection.value.close()
  }
}

async function talk(
  connection: LinkingConnection,
  choice: LinkChoice,
  options: LinkingGuestOptions,
): Promise<Result<Vault>> {
  const { accounts, nowMs, signal } = options
  const offer = await next(connection, 'offer', signal)
  if (!offer.ok) return offer
  if (offer.value.version !== linkingVersion) return fail('version_mismatch')
  const { accountId, username } = offer.value
  // Checked before the other device lists us, so that a name taken here leaves no stale device in its list.
  const wanted = await accounts.checkNewcomer({ accountId, username, password: choice.password })
  if (!wanted.ok) return wanted
  const seed = randomBytes(seedBytes)
  const wished = cleanDeviceName(choice.deviceName) || (await readComputerName())
  const row = ownDevice(seed, wished, nowMs())
  const request = createLinkingRequest(deviceKeyPair(seed), row, connection.handshakeHash)
  connection.send(encodeLinkingMessage({ type: 'request', request }))
  const granted = await next(connection, 'grant', signal)
  if (!granted.ok) return granted
  const { grant } = granted.value
  if (grant.accountId !== accountId || !vouchesFor(grant, row)) return fail('protocol_error')
  // The other device makes it a name that no computer of the account has yet.
  const name = grant.devices.find(({ device }) => device === row.device)?.name ?? wished
  const vault = await accounts.addLinked(grant, { seed, name, password: choice.password })
  if (vault.ok) connection.send(encodeLinkingMessage({ type: 'taken' }))
  await connection.part()
  return vault
}

/** The next message of the other device; `protocol_error` if it is not of the expected type. */
async function next<T extends LinkingMessage['type']>(
  connection: LinkingConnection,
  type: T,
  signal: AbortSignal,
): Promise<Result<Extract<LinkingMessage, { type: T }>>> {
  const bytes = await connection.receive(signal)
  if (!bytes) return fail('link_unreachable')
  const message = decodeLinkingMessage(bytes)
  if (message?.type === 'refuse') return fail(message.code)
  // TypeScript does not narrow the union by a generic type, hence the cast.
  if (message?.type === type) return { ok: true, value: message as Extract<LinkingMessage, { type: T }> }
  return fail('protocol_error')
}
