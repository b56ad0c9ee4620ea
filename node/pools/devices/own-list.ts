import { withHeardList } from '../../accounts/heard-list.ts'
import { isListed, signedDeviceList } from '../../accounts/own-devices.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'

/** The device list of our own account, as the vault has it. */
export class OwnList {
  #signed: SignedBytes

  constructor(
    private readonly vault: Vault,
    private readonly nowMs: () => number,
  ) {
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

  /** Takes in a list that another device made. Returns whether ours has changed. */
  async hear(signed: SignedBytes): Promise<boolean> {
    const nowMs = this.nowMs()
    if (!withHeardList(this.vault.contents, signed, nowMs)) return false
    const saved = await this.vault.update((contents) => withHeardList(contents, signed, nowMs) ?? contents)
    if (saved.ok) this.reload()
    return saved.ok
  }
}

function listOf(vault: Vault): SignedBytes {
  const list = signedDeviceList(vault.contents)
  if (!list) throw new Error('A device without the root key keeps the list it was given')
  return list
}
