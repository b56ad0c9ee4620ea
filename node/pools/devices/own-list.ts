import { isListed, signedDeviceList, withNewerList } from '../../accounts/own-devices.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'

/** The device list of our own account, as the vault has it. */
export class OwnList {
  #signed: SignedBytes

  constructor(private readonly vault: Vault) {
    this.#signed = listOf(vault)
  }

  get signed(): SignedBytes {
    return this.#signed
  }

  /** Whether this device is in it; false once another device of the account has unlinked it. */
  get isListed(): boolean {
    return isListed(this.vault.contents)
  }

  /** Reads the list from the vault again, after a device was linked or unlinked here. */
  reload(): void {
    this.#signed = listOf(this.vault)
  }

  /** Takes a list that another device made. Returns whether it replaced ours. */
  async adopt(signed: SignedBytes): Promise<boolean> {
    if (!withNewerList(this.vault.contents, signed)) return false
    const saved = await this.vault.update((contents) => withNewerList(contents, signed) ?? contents)
    if (saved.ok) this.reload()
    return saved.ok
  }
}

function listOf(vault: Vault): SignedBytes {
  const list = signedDeviceList(vault.contents)
  if (!list) throw new Error('A device without the root key keeps the list it was given')
  return list
}
