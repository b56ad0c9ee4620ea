import { maxDevices } from '../accounts/records/device-list.ts'
import { newLinkingCode, linkingCodeLifetimeMs } from './linking-code.ts'
import { grantOf } from '../accounts/linking-grant.ts'
import { decodeLinkingMessage, encodeLinkingMessage, linkingVersion, openLinkingRequest } from './linking-messages.ts'
import { cleanDeviceName, distinctDeviceName, unknownDeviceName } from '../accounts/device-name.ts'
import { withDevices } from '../accounts/own-devices.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import type { OwnDevice } from '../accounts/vault/vault-contents.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import type { ErrorCode } from '../contract/errors.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { wipe, type KeyPair } from '../crypto/keys.ts'
import type { DhtNode } from '../net/dht-node.ts'
import { listenForLinking, type LinkingConnection, type LinkingListener } from '../net/linking-connection.ts'

/** Connections that one code allows before it ends. */
const maxTries = 5

export interface LinkingHostOptions {
  readonly vault: Vault
  readonly dht: DhtNode
  readonly log: Log
  readonly nowMs: () => number
  /** A code was made, used or cancelled, or has expired. */
  readonly onChange: () => void
  /** The vault lists one more device; the new list is to be sent to peers. */
  readonly onLinked: () => Promise<void>
  /** Shorter in tests. */
  readonly lifetimeMs?: number
}

interface Offer {
  readonly code: string
  readonly expiresAtMs: number
  /** The account's root key: a copy, wiped when the code ends. */
  readonly root: KeyPair
  readonly listener: LinkingListener
  readonly ending: AbortController
  timer: NodeJS.Timeout
  tries: number
  isOver: boolean
}

/**
 * Shows a code, and makes the one device that knows it a device of the account.
 *
 * After a code was used, cancelled or has expired, the host still listens for one more lifetime, so that a
 * late guest is told `link_code_expired`.
 */
export class LinkingHost implements Facility {
  readonly name = 'linking-host'
  readonly needs: readonly string[] = []
  readonly #serial = new Serial()
  #offer: Offer | null = null

  constructor(private readonly options: LinkingHostOptions) {}

  /** Null while no code is valid. */
  get view(): { readonly code: string; readonly expiresAtMs: number } | null {
    return this.#offer && !this.#offer.isOver ? { code: this.#offer.code, expiresAtMs: this.#offer.expiresAtMs } : null
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return this.#serial.run(() => this.#drop())
  }

  health(): Health {
    return healthy
  }

  /** Makes a code that works once, and ends the one before. `root` is wiped when the code ends. */
  offer(root: KeyPair): Promise<Result<{ code: string; expiresAtMs: number }>> {
    return this.#serial.run(async () => {
      await this.#drop()
      const { dht, log, nowMs } = this.options
      const { code, keys } = newLinkingCode()
      const guestKey = keys.guest.publicKey
      const onConnection = (connection: LinkingConnection): void => this.#met(connection)
      const listener = await listenForLinking({ dht: dht.dht, host: keys.host, guestKey, log, onConnection })
      if (!listener.ok) return listener
      const lifetimeMs = this.options.lifetimeMs ?? linkingCodeLifetimeMs
      const expiresAtMs = nowMs() + lifetimeMs
      const timer = setTimeout(() => this.#end(), lifetimeMs)
      const ending = new AbortController()
      this.#offer = { code, expiresAtMs, root, listener: listener.value, ending, timer, tries: 0, isOver: false }
      this.options.onChange()
      return ok({ code, expiresAtMs })
    })
  }

  cancel(): void {
    this.#end()
  }

  #end(): void {
    const offer = this.#offer
    if (!offer || offer.isOver) return
    offer.isOver = true
    wipe(offer.root.secretKey)
    clearTimeout(offer.timer)
    offer.timer = setTimeout(() => {
      this.#serial
        .run(() => this.#drop())
        .catch((cause: unknown) => this.options.log.error({ cause }, 'closing a code'))
    }, this.options.lifetimeMs ?? linkingCodeLifetimeMs)
    this.options.onChange()
  }

  async #drop(): Promise<void> {
    const offer = this.#offer
    this.#offer = null
    if (!offer) return
    clearTimeout(offer.timer)
    offer.ending.abort()
    wipe(offer.root.secretKey)
    await offer.listener.close()
    if (!offer.isOver) this.options.onChange()
  }

  /** Handles one connection at a time, so that a code links only one device. */
  #met(connection: LinkingConnection): void {
    this.#serial
      .run(() => this.#talk(connection))
      .catch((cause: unknown) => this.options.log.error({ cause }, 'linking a device failed'))
      .finally(() => connection.close())
  }

  async #talk(connection: LinkingConnection): Promise<void> {
    const offer = this.#offer
    if (!offer || offer.isOver) return refuse(connection, 'link_code_expired')
    offer.tries += 1
    if (offer.tries > maxTries) {
      this.#end()
      return refuse(connection, 'link_code_expired')
    }
    const { accountId, username } = this.options.vault
    connection.send(encodeLinkingMessage({ type: 'offer', version: linkingVersion, accountId, username }))
    const bytes = await connection.receive(offer.ending.signal)
    const message = bytes && decodeLinkingMessage(bytes)
    const row = message?.type === 'request' ? openLinkingRequest(message.request, connection.handshakeHash) : null
    if (!row) return
    // The code may have expired or been cancelled while we waited for the request.
    if (this.view?.code !== offer.code) return refuse(connection, 'link_code_expired')
    const listed = await this.#list(offer.root, { ...row, addedAtMs: this.options.nowMs() })
    if (!listed.ok) return refuse(connection, listed.error.code)
    this.#end()
    connection.send(encodeLinkingMessage({ type: 'grant', grant: grantOf(this.options.vault.contents, username) }))
    await connection.receive(offer.ending.signal)
  }

  async #list(root: KeyPair, row: OwnDevice): Promise<Result<void>> {
    const { vault, nowMs, onLinked } = this.options
    const others = vault.contents.devices.filter(({ device }) => device !== row.device)
    if (others.length >= maxDevices) return fail('too_large', { limit: `${maxDevices} devices` })
    const taken = others.map(({ name }) => name)
    const named = { ...row, name: distinctDeviceName(cleanDeviceName(row.name) || unknownDeviceName, taken) }
    const saved = await vault.update((contents) => withDevices(contents, root, [...others, named], nowMs()))
    if (saved.ok) await onLinked()
    return saved
  }
}

async function refuse(connection: LinkingConnection, code: ErrorCode): Promise<void> {
  connection.send(encodeLinkingMessage({ type: 'refuse', code }))
  await connection.part()
}
