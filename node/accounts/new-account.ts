import { rm } from 'node:fs/promises'
import { exists } from '../base/files.ts'
import { ok, type Result } from '../contract/result.ts'
import { randomBytes, seedBytes } from '../crypto/keys.ts'
import type { PasswordCost } from '../crypto/password.ts'
import { unpackSigned } from '../crypto/signed-record.ts'
import { accountDirectory, makeDirectory, writeCard } from './account-folders.ts'
import { nextListNumber, verifyDeviceList } from './records/device-list.ts'
import { accountIdOf } from './ids.ts'
import type { LinkingGrant } from './linking-grant.ts'
import { ownDevice, withoutOthers } from './own-devices.ts'
import { rootKeyPair } from './vault/recovery-phrase.ts'
import { boxContents, newVaultKey, wrapForPassword, wrapForRecovery } from './vault/vault-boxes.ts'
import type { VaultContents } from './vault/vault-contents.ts'
import { writeVault, type VaultBody } from './vault/vault-file.ts'
import { Vault } from './vault/vault.ts'

/** Contents for an account that starts here with its root key: made by a sign-up, or brought back by the phrase. */
export function rootContents(
  entropy: Uint8Array,
  of: { readonly deviceName: string; readonly installMarker: string; readonly nowMs: number },
  recoveryPhraseSaved: boolean,
): VaultContents {
  const deviceSeed = randomBytes(seedBytes)
  return {
    version: 2,
    accountId: accountIdOf(rootKeyPair(entropy).publicKey),
    entropy,
    deviceSeed,
    deviceName: of.deviceName,
    installMarker: of.installMarker,
    deviceListNumber: nextListNumber(0, of.nowMs),
    deviceList: null,
    devices: [ownDevice(deviceSeed, of.deviceName, of.nowMs)],
    previousDevices: [],
    recoveryPhraseSaved,
    memberships: [],
    localKey: randomBytes(32),
  }
}

/**
 * Contents for an account that the phrase brings back on a bare computer.
 *
 * Where its other devices are lost, the list says so. Where not, it has the lowest number, so that whoever
 * hears it shows the list that the others are in.
 */
export function restoredContents(
  entropy: Uint8Array,
  of: Parameters<typeof rootContents>[1],
  areOthersLost: boolean,
): VaultContents {
  const contents = rootContents(entropy, of, true)
  if (areOthersLost) return withoutOthers(contents, rootKeyPair(entropy), of.nowMs)
  return { ...contents, deviceListNumber: 0, joinsOthers: true }
}

/** Contents of a linked device. `before` is what this install kept for the account when it was linked earlier. */
export function linkedContents(
  grant: LinkingGrant,
  of: { readonly deviceSeed: Uint8Array; readonly deviceName: string; readonly installMarker: string },
  before: Pick<VaultContents, 'localKey' | 'previousDevices'> | null,
): VaultContents {
  const signed = unpackSigned(grant.deviceList)
  const list = signed && verifyDeviceList(signed)
  if (!list) throw new Error('A grant is checked before it is used')
  return {
    version: 2,
    accountId: grant.accountId,
    entropy: null,
    ...of,
    deviceListNumber: list.number,
    deviceList: grant.deviceList,
    devices: grant.devices,
    previousDevices: before?.previousDevices ?? [],
    // A linked device has no phrase to save.
    recoveryPhraseSaved: true,
    memberships: grant.memberships,
    localKey: before?.localKey ?? randomBytes(32),
    labelKey: grant.labelKey,
  }
}

/** Writes the vault and the card of an account that is new on this install. */
export async function writeNewAccount(
  profileDir: string,
  contents: VaultContents,
  of: { readonly username: string; readonly password: string; readonly cost: PasswordCost; readonly nowMs: number },
): Promise<Result<Vault>> {
  const { accountId, entropy } = contents
  const directory = accountDirectory(profileDir, accountId)
  const vaultKey = newVaultKey()
  const body: VaultBody = {
    accountId,
    username: of.username,
    createdAtMs: of.nowMs,
    ...(await wrapForPassword(accountId, vaultKey, of.password, of.cost)),
    recoveryBox: entropy ? wrapForRecovery(accountId, vaultKey, entropy) : null,
    contentsBox: boxContents(vaultKey, contents),
  }
  const wasThere = await exists(directory)
  const made = await makeDirectory(directory)
  if (!made.ok) return made
  const written = await writeVault(directory, body)
  const carded = written.ok ? await writeCard(directory, body) : written
  if (carded.ok) return ok(new Vault({ directory, body, vaultKey, contents }))
  // Removes a half-made account, but no folder that was there before.
  if (!wasThere) await rm(directory, { recursive: true, force: true })
  return carded
}
