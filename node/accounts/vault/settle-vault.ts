import { ok, type Result } from '../../contract/result.ts'
import { writeCard } from '../account-folders.ts'
import { checkInstallMarker } from './install-marker.ts'
import { isListed, whyUnlinked } from '../own-devices.ts'
import type { Vault } from './vault.ts'

/**
 * Last step before an account is in use: renews the device key of a copied profile, refuses an unlinked
 * device, and rewrites the card. A refused vault is locked.
 */
export async function settleVault(
  vault: Vault,
  install: { readonly profileDir: string; readonly machineId?: (() => Promise<string>) | undefined },
  nowMs: number,
): Promise<Result<Vault>> {
  const settled = await settle(vault, install, nowMs)
  if (!settled.ok) await vault.lock()
  return settled.ok ? ok(vault) : settled
}

async function settle(vault: Vault, install: Parameters<typeof settleVault>[1], nowMs: number): Promise<Result<void>> {
  const marker = await checkInstallMarker(install.profileDir, install.machineId)
  if (!marker.ok) return marker
  if (marker.value.marker !== vault.contents.installMarker) {
    const replaced = await vault.replaceDevice(marker.value.marker, nowMs)
    if (!replaced.ok) return replaced
  }
  if (!isListed(vault.contents)) return { ok: false, error: whyUnlinked(vault.contents) }
  return writeCard(vault.directory, vault.card)
}
