import { deriveSeed } from '../../crypto/hash.ts'
import type { VaultContents } from './vault-contents.ts'

/**
 * The key that seals what only the account's own devices read: names of keys, notes.
 *
 * Derived from the recovery phrase, so it is the same after a restore; a linked device, which holds no
 * phrase, is given it.
 */
export function labelKeyOf(contents: VaultContents): Uint8Array {
  if (contents.labelKey) return contents.labelKey
  if (contents.entropy) return deriveSeed(contents.entropy, 'kith/label-key/1')
  throw new Error('A linked device is given the label key with its certificate')
}
