import type { Keychain } from '../base/keychain.ts'
import type { AccountId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import { wipe } from '../crypto/keys.ts'
import { accountDirectory, readCards } from './account-folders.ts'
import { checkInstallMarker } from './vault/install-marker.ts'
import { isListed } from './own-devices.ts'
import { forgetKey, hasRememberedKey, rememberedKey, rememberKey } from './vault/remembered-key.ts'
import {
  hasServiceVault,
  keepServiceVault,
  openServiceVault,
  removeServiceVault,
  type ServiceVault,
} from './vault/service-vault.ts'
import type { Vault } from './vault/vault.ts'

export interface KeptAccountsOptions {
  readonly profileDir: string
  readonly keychain: Keychain
  readonly now?: () => number
  readonly machineId?: () => Promise<string>
}

/**
 * What works without a password on this install: the remembered key, which signs in, and the service vault,
 * which only serves. Callers check the password first.
 */
export class KeptAccounts {
  constructor(private readonly options: KeptAccountsOptions) {}

  async setRemembered(vault: Vault, isRemembered: boolean): Promise<Result<void>> {
    if (!isRemembered) return forgetKey(vault.directory)
    const vaultKey = vault.copyKey()
    const kept = await rememberKey(this.options.keychain, vault.directory, { accountId: vault.accountId, vaultKey })
    wipe(vaultKey)
    return kept
  }

  /** Call after a password change, which changes the vault key. Forgets the key if the new one cannot be kept. */
  async renewRemembered(vault: Vault): Promise<Result<void>> {
    if (!(await hasRememberedKey(vault.directory))) return ok()
    const renewed = await this.setRemembered(vault, true)
    return renewed.ok ? renewed : forgetKey(vault.directory)
  }

  rememberedKey(accountId: AccountId): Promise<Result<Uint8Array>> {
    const directory = accountDirectory(this.options.profileDir, accountId)
    return rememberedKey(this.options.keychain, directory, accountId)
  }

  /** Whether this install goes on sharing after a log-out. */
  keepsSharing(vault: Vault): Promise<boolean> {
    return hasServiceVault(vault.directory, this.options.keychain)
  }

  setKeepSharing(vault: Vault, isEnabled: boolean): Promise<Result<void>> {
    return isEnabled
      ? keepServiceVault(vault, this.options.keychain, (this.options.now ?? Date.now)())
      : removeServiceVault(vault.directory)
  }

  /**
   * Opens the service vault that was kept last; null where there is none for this install.
   *
   * One of a copied profile or an unlinked device stays closed until somebody signs in.
   */
  async openService(): Promise<Result<Vault | null>> {
    const { profileDir, keychain, machineId } = this.options
    const cards = await readCards(profileDir)
    if (!cards.ok) return cards
    let newest: ServiceVault | null = null
    for (const { accountId } of cards.value) {
      const opened = await openServiceVault(accountDirectory(profileDir, accountId), keychain)
      if (!opened.ok || !opened.value) continue
      const older: ServiceVault | null = newest && newest.keptAtMs > opened.value.keptAtMs ? opened.value : newest
      if (older !== opened.value) newest = opened.value
      await older?.vault.lock()
    }
    if (!newest) return ok(null)
    const { vault } = newest
    const marker = await checkInstallMarker(profileDir, machineId)
    const isOurs = marker.ok && marker.value.marker === vault.contents.installMarker && isListed(vault.contents)
    if (isOurs) return ok(vault)
    await vault.lock()
    return marker.ok ? ok(null) : marker
  }

  /** For a device that was unlinked. */
  async forget(vault: Vault): Promise<Result<void>> {
    const forgotten = await forgetKey(vault.directory)
    const removed = await removeServiceVault(vault.directory)
    return forgotten.ok ? removed : forgotten
  }
}
