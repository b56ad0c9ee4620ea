import { Serial } from '../base/serial.ts'
import { tagOf, type AccountId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { AccountSummary } from '../contract/accounts.ts'
import { wipe } from '../crypto/keys.ts'
import { defaultPasswordCost, type PasswordCost } from '../crypto/password.ts'
import { accountDirectory, readCards, setVaultAside, type AccountCard } from './account-folders.ts'
import { checkPassword, checkUsername, usernameKey } from './credentials.ts'
import { maxDevices } from './records/device-list.ts'
import { accountIdOf } from './ids.ts'
import { checkInstallMarker } from './vault/install-marker.ts'
import type { LinkingGrant } from './linking-grant.ts'
import { readComputerName } from './computer-name.ts'
import { linkedContents, restoredContents, rootContents, writeNewAccount } from './new-account.ts'
import { isListed, ownDeviceId, withNewDevice, withoutOthers } from './own-devices.ts'
import { entropyOf, newEntropy, phraseOf, rootKeyPair } from './vault/recovery-phrase.ts'
import { hasRememberedKey } from './vault/remembered-key.ts'
import { settleVault } from './vault/settle-vault.ts'
import { SlowDown } from './slow-down.ts'
import { openContents, unwrapWithPassword, unwrapWithRecovery, wrapForPassword } from './vault/vault-boxes.ts'
import type { VaultContents } from './vault/vault-contents.ts'
import { readVaultCopies, writeVault, type VaultBody } from './vault/vault-file.ts'
import { Vault } from './vault/vault.ts'

export interface AccountStoreOptions {
  readonly now?: () => number
  /** Cheaper in tests. */
  readonly passwordCost?: PasswordCost
  /** What to call this computer in a new account. */
  readonly computerName?: () => Promise<string>
  readonly machineId?: () => Promise<string>
}

interface Credentials {
  readonly username: string
  readonly password: string
}

/** The accounts of one install. Every method runs alone, so that two sign-ups cannot take one name. */
export class AccountStore {
  readonly #now: () => number
  readonly #cost: PasswordCost
  readonly #slowDown: SlowDown
  readonly #serial = new Serial()

  constructor(
    private readonly profileDir: string,
    private readonly options: AccountStoreOptions = {},
  ) {
    this.#now = options.now ?? Date.now
    this.#cost = options.passwordCost ?? defaultPasswordCost
    this.#slowDown = new SlowDown(this.#now)
  }

  /** Accounts of this install, oldest first. */
  async list(): Promise<Result<AccountSummary[]>> {
    const cards = await readCards(this.profileDir)
    if (!cards.ok) return cards
    const summaries = cards.value.map(async ({ accountId, username }) => ({
      accountId,
      username,
      tag: tagOf(accountId),
      isRemembered: await hasRememberedKey(accountDirectory(this.profileDir, accountId)),
    }))
    return ok(await Promise.all(summaries))
  }

  /** Makes an account and leaves it unlocked. The phrase is shown once and can be asked for again. */
  signUp(credentials: Credentials): Promise<Result<{ vault: Vault; recoveryPhrase: string }>> {
    return this.#serial.run(async () => {
      const username = await this.#checkNew(credentials, null)
      if (!username.ok) return username
      const entropy = newEntropy()
      const made = await this.#create({ ...credentials, username: username.value }, (of) =>
        rootContents(entropy, of, false),
      )
      return made.ok ? ok({ vault: made.value, recoveryPhrase: phraseOf(entropy) }) : made
    })
  }

  /** Opens an account with its password. A copied profile gets its new device key here. */
  unlock(credentials: Credentials): Promise<Result<Vault>> {
    return this.#serial.run(async () => {
      const card = await this.#find(credentials.username)
      if (!card.ok) return card
      const allowed = this.#slowDown.check(card.value.accountId)
      if (!allowed.ok) return allowed
      const directory = accountDirectory(this.profileDir, card.value.accountId)
      const copies = await readVaultCopies(directory)
      if (!copies.ok) return copies
      const opened = await this.#openNewest(card.value.accountId, copies.value, credentials.password)
      if (!opened.ok) return opened
      return this.#settle(new Vault({ directory, ...opened.value }))
    })
  }

  /** Opens an account with its remembered vault key. Wipes the key when it does not fit. */
  unlockWithKey(accountId: AccountId, vaultKey: Uint8Array): Promise<Result<Vault>> {
    return this.#serial.run(async () => {
      const directory = accountDirectory(this.profileDir, accountId)
      const copies = await readVaultCopies(directory)
      if (!copies.ok) return copies
      for (const body of copies.value) {
        const contents = openContents(vaultKey, body)
        if (contents) return this.#settle(new Vault({ directory, body, vaultKey, contents }))
      }
      // The password has been changed since, which also changes the vault key.
      wipe(vaultKey)
      return fail('keychain_unavailable')
    })
  }

  /** Checks the password of an open account, before an action that needs it. */
  confirmPassword(vault: Vault, password: string): Promise<Result<void>> {
    return this.#serial.run(async () => {
      const allowed = this.#slowDown.check(vault.accountId)
      if (!allowed.ok) return allowed
      const isRight = await vault.isPassword(password)
      return this.#count(vault.accountId, isRight)
    })
  }

  async changePassword(vault: Vault, password: string, newPassword: string): Promise<Result<void>> {
    const valid = checkPassword(newPassword)
    if (!valid.ok) return valid
    const confirmed = await this.confirmPassword(vault, password)
    return confirmed.ok ? vault.changePassword(newPassword, this.#cost) : confirmed
  }

  /** Whether an account can be linked here under this name; asked before another device lists this one. */
  checkNewcomer(input: Credentials & { readonly accountId: AccountId }): Promise<Result<string>> {
    return this.#serial.run(() => this.#checkNew(input, input.accountId))
  }

  /**
   * Adds an account that another device has granted, under a password for this install.
   *
   * Chats and settings stay where the account was here before with the same password.
   */
  addLinked(
    grant: LinkingGrant,
    device: { readonly seed: Uint8Array; readonly name: string; readonly password: string },
  ): Promise<Result<Vault>> {
    return this.#serial.run(async () => {
      const { password } = device
      const username = await this.#checkNew({ username: grant.username, password }, grant.accountId)
      if (!username.ok) return username
      const marker = await checkInstallMarker(this.profileDir, this.options.machineId)
      if (!marker.ok) return marker
      const before = await this.#before(grant.accountId, password)
      if (!before.ok) return before
      const of = { deviceSeed: device.seed, deviceName: device.name, installMarker: marker.value.marker }
      const contents = linkedContents(grant, of, before.value)
      return this.#write(contents, { username: username.value, password })
    })
  }

  /** What an earlier vault of the account held, if the password opens it. The vault is set aside. */
  async #before(
    accountId: AccountId,
    password: string,
  ): Promise<Result<Pick<VaultContents, 'localKey' | 'previousDevices'> | null>> {
    const directory = accountDirectory(this.profileDir, accountId)
    const copies = await readVaultCopies(directory)
    if (!copies.ok && copies.error.code !== 'vault_corrupt') return copies
    const before = copies.ok ? await newestContents(copies.value, password) : null
    const aside = await setVaultAside(directory, this.#now())
    if (!aside.ok || !before) return aside.ok ? ok(null) : aside
    const { deviceSeed, localKey, previousDevices } = before
    const retired = { deviceId: ownDeviceId(before), deviceSeed, retiredAtMs: this.#now() }
    return ok({ localKey, previousDevices: [...previousDevices, retired].slice(-maxDevices) })
  }

  /**
   * Brings an account back with its recovery phrase, under a new password.
   *
   * Where its vault is here and whole (a forgotten password), nothing else changes. Where it is
   * damaged, it is set aside and the account starts again with a new device key. `areOthersLost` unlinks
   * every other device; otherwise this one takes them in as it hears of them.
   */
  restore(
    input: Credentials & { readonly recoveryPhrase: string; readonly areOthersLost: boolean },
  ): Promise<Result<Vault>> {
    return this.#serial.run(async () => {
      const entropy = entropyOf(input.recoveryPhrase)
      if (!entropy.ok) return entropy
      const accountId = accountIdOf(rootKeyPair(entropy.value).publicKey)
      const username = await this.#checkNew(input, accountId)
      if (!username.ok) return username
      const credentials = { username: username.value, password: input.password }
      const directory = accountDirectory(this.profileDir, accountId)
      const copies = await readVaultCopies(directory)
      if (!copies.ok && copies.error.code !== 'vault_corrupt') return copies
      for (const body of copies.ok ? copies.value : []) {
        const vaultKey = unwrapWithRecovery(body, entropy.value)
        const contents = vaultKey && openContents(vaultKey, body)
        if (!contents) continue
        const reopened = await this.#reopen({ directory, body, vaultKey, contents }, credentials)
        return reopened.ok && input.areOthersLost ? this.#unlinkOthers(reopened.value, entropy.value) : reopened
      }
      const aside = await setVaultAside(directory, this.#now())
      if (!aside.ok) return aside
      return this.#create(credentials, (of) => restoredContents(entropy.value, of, input.areOthersLost))
    })
  }

  async #reopen(
    opened: { directory: string; body: VaultBody; vaultKey: Uint8Array; contents: VaultContents },
    { username, password }: Credentials,
  ): Promise<Result<Vault>> {
    const wrapped = await wrapForPassword(opened.body.accountId, opened.vaultKey, password, this.#cost)
    const body = { ...opened.body, ...wrapped, username }
    // Twice, so that the copy kept as the previous one has the new password too.
    for (let copy = 0; copy < 2; copy++) {
      const written = await writeVault(opened.directory, body)
      if (!written.ok) return written
    }
    const vault = new Vault({ ...opened, body })
    const saved = await vault.update((contents) => ({ ...contents, recoveryPhraseSaved: true }))
    if (!saved.ok) return saved
    // The phrase gives the right to link devices, so an unlinked install is listed again, under a new key.
    const { installMarker } = opened.contents
    const relisted = (contents: VaultContents): VaultContents => withNewDevice(contents, installMarker, this.#now())
    const listed = isListed(opened.contents) ? ok() : await vault.update(relisted)
    return listed.ok ? this.#settle(vault) : listed
  }

  async #unlinkOthers(vault: Vault, entropy: Uint8Array): Promise<Result<Vault>> {
    const root = rootKeyPair(entropy)
    const saved = await vault.update((contents) => withoutOthers(contents, root, this.#now()))
    return saved.ok ? ok(vault) : saved
  }

  async #create(
    credentials: Credentials,
    contentsOf: (of: Parameters<typeof rootContents>[1]) => VaultContents,
  ): Promise<Result<Vault>> {
    const marker = await checkInstallMarker(this.profileDir, this.options.machineId)
    if (!marker.ok) return marker
    const of = {
      deviceName: await (this.options.computerName ?? readComputerName)(),
      installMarker: marker.value.marker,
      nowMs: this.#now(),
    }
    return this.#write(contentsOf(of), credentials)
  }

  #write(contents: VaultContents, credentials: Credentials): Promise<Result<Vault>> {
    return writeNewAccount(this.profileDir, contents, { ...credentials, cost: this.#cost, nowMs: this.#now() })
  }

  async #openNewest(
    accountId: AccountId,
    copies: readonly VaultBody[],
    password: string,
  ): Promise<Result<{ body: VaultBody; vaultKey: Uint8Array; contents: VaultContents }>> {
    for (const body of copies) {
      const vaultKey = await unwrapWithPassword(body, password)
      const counted = this.#count(accountId, vaultKey !== null)
      if (vaultKey === null || !counted.ok) return fail('password_wrong')
      const contents = openContents(vaultKey, body)
      if (contents) return ok({ body, vaultKey, contents })
    }
    return fail('vault_corrupt')
  }

  #settle(vault: Vault): Promise<Result<Vault>> {
    const { profileDir, options } = this
    return settleVault(vault, { profileDir, machineId: options.machineId }, this.#now())
  }

  async #find(username: string): Promise<Result<AccountCard>> {
    const cards = await readCards(this.profileDir)
    if (!cards.ok) return cards
    const key = usernameKey(username)
    const card = cards.value.find((candidate) => usernameKey(candidate.username) === key)
    return card ? ok(card) : fail('account_unknown', { username: username.slice(0, 32) })
  }

  /** The normalised username. `own` is the account that may already have the name. */
  async #checkNew(credentials: Credentials, own: AccountId | null): Promise<Result<string>> {
    const username = checkUsername(credentials.username)
    if (!username.ok) return username
    const taken = await this.#find(username.value)
    if (taken.ok && taken.value.accountId !== own) return fail('username_taken', { username: taken.value.username })
    if (!taken.ok && taken.error.code !== 'account_unknown') return taken
    const password = checkPassword(credentials.password)
    return password.ok ? username : password
  }

  #count(accountId: AccountId, isRight: boolean): Result<void> {
    if (isRight) this.#slowDown.succeeded(accountId)
    else this.#slowDown.failed(accountId)
    return isRight ? ok() : fail('password_wrong')
  }
}

async function newestContents(copies: readonly VaultBody[], password: string): Promise<VaultContents | null> {
  for (const body of copies) {
    const vaultKey = await unwrapWithPassword(body, password)
    const contents = vaultKey && openContents(vaultKey, body)
    if (contents) return contents
  }
  return null
}
