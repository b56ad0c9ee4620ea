import { Listeners } from '../../base/listeners.ts'
import { Serial } from '../../base/serial.ts'
import type { AccountId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { wipe } from '../../crypto/keys.ts'
import type { PasswordCost } from '../../crypto/password.ts'
import type { AccountCard } from '../account-folders.ts'
import { identityOf, type Identity } from '../identity.ts'
import { withNewDevice } from '../own-devices.ts'
import { phraseOf } from './recovery-phrase.ts'
import { boxContents, newVaultKey, unwrapWithPassword, wrapForPassword, wrapForRecovery } from './vault-boxes.ts'
import type { VaultContents } from './vault-contents.ts'
import { writeVault, type VaultBody } from './vault-file.ts'

/** An open vault as it was read. */
export interface OpenedVault {
  readonly directory: string
  readonly body: VaultBody
  readonly vaultKey: Uint8Array
  readonly contents: VaultContents
  /** Where changes go; the vault file of the directory unless given. */
  readonly save?: (body: VaultBody) => Promise<Result<void>>
}

/**
 * An unlocked account.
 *
 * It holds the vault key and not the password, so that contents can change without asking again.
 * Changes are written one after the other; one that cannot be written is discarded.
 */
export class Vault {
  readonly accountId: AccountId
  readonly directory: string
  /** False for what goes on sharing while nobody is signed in: it is given no key of a pool. */
  readonly keepsPoolKeys: boolean
  #body: VaultBody
  #vaultKey: Uint8Array
  #contents: VaultContents
  #identity: Identity
  #isCopied = false
  #isLocked = false
  #writes = new Serial()
  readonly #save: (body: VaultBody) => Promise<Result<void>>
  readonly #listeners = new Listeners()

  constructor(opened: OpenedVault) {
    this.accountId = opened.body.accountId
    this.directory = opened.directory
    this.#body = opened.body
    this.#vaultKey = opened.vaultKey
    this.#contents = opened.contents
    this.#identity = identityOf(opened.contents)
    this.keepsPoolKeys = opened.save === undefined
    this.#save = opened.save ?? ((body) => writeVault(opened.directory, body))
  }

  get username(): string {
    return this.#body.username
  }

  get card(): AccountCard {
    return { accountId: this.accountId, username: this.#body.username, createdAtMs: this.#body.createdAtMs }
  }

  get contents(): VaultContents {
    return this.#contents
  }

  get identity(): Identity {
    return this.#identity
  }

  /** True when this install got a new device key because its profile was copied or restored. */
  get isCopied(): boolean {
    return this.#isCopied
  }

  /** The 12 words; null on a device that does not hold the root key. Ask for the password first. */
  get recoveryPhrase(): string | null {
    return this.#contents.entropy ? phraseOf(this.#contents.entropy) : null
  }

  /** A copy of the key that opens the vault, for a keychain. The caller wipes it. */
  copyKey(): Uint8Array {
    return this.#vaultKey.slice()
  }

  /** Fires when changed contents are on disk. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Changes the contents; they are on disk when the promise resolves. */
  update(change: (contents: VaultContents) => VaultContents): Promise<Result<void>> {
    return this.#writes.run(async () => {
      if (this.#isLocked) return fail('not_signed_in')
      const contents = change(this.#contents)
      const written = await this.#write({ ...this.#body, contentsBox: boxContents(this.#vaultKey, contents) })
      if (!written.ok) return written
      this.#contents = contents
      this.#identity = identityOf(contents)
      this.#listeners.emit()
      return ok()
    })
  }

  /** New device key and so new cores: after a copy or restore of the profile, or when its cores are in doubt. */
  async replaceDevice(installMarker: string, nowMs: number): Promise<Result<void>> {
    const replaced = await this.update((contents) => withNewDevice(contents, installMarker, nowMs))
    if (replaced.ok) this.#isCopied = true
    return replaced
  }

  isPassword(password: string): Promise<boolean> {
    return this.#writes.run(async () => {
      const vaultKey = await unwrapWithPassword(this.#body, password)
      if (vaultKey === null) return false
      wipe(vaultKey)
      return true
    })
  }

  /**
   * Encrypts the vault again, under a new key and password.
   *
   * Neither the old password nor a remembered key opens any copy afterwards.
   */
  changePassword(password: string, cost: PasswordCost): Promise<Result<void>> {
    return this.#writes.run(async () => {
      if (this.#isLocked) return fail('not_signed_in')
      const vaultKey = newVaultKey()
      const { entropy } = this.#contents
      const written = await this.#write({
        ...this.#body,
        ...(await wrapForPassword(this.accountId, vaultKey, password, cost)),
        recoveryBox: entropy ? wrapForRecovery(this.accountId, vaultKey, entropy) : null,
        contentsBox: boxContents(vaultKey, this.#contents),
      })
      if (!written.ok) return written
      wipe(this.#vaultKey)
      this.#vaultKey = vaultKey
      // Written twice, because the previous copy still has the old password.
      return this.#write(this.#body)
    })
  }

  /** Wipes all secrets once pending changes are written. Users of the keys in `identity` must have stopped. */
  lock(): Promise<void> {
    return this.#writes.run(async () => {
      if (this.#isLocked) return
      this.#isLocked = true
      wipe(this.#vaultKey)
      wipe(this.#contents.deviceSeed)
      wipe(this.#contents.localKey)
      if (this.#contents.entropy) wipe(this.#contents.entropy)
      for (const pair of [this.#identity.root, this.#identity.device, this.#identity.service]) {
        if (pair) wipe(pair.secretKey)
      }
    })
  }

  async #write(body: VaultBody): Promise<Result<void>> {
    const written = await this.#save(body)
    if (written.ok) this.#body = body
    return written
  }
}
