import { deriveSeed } from '../../crypto/hash.ts'
import type { VaultContents } from './vault-contents.ts'

/**
 * The key that seals what only the account's own devices read: names of keys, notes.
 *
 * Whoever holds the recovery phrase derives the same one, also after a restore; a linked device was
 * given it, because it holds no phrase.
 */
export function labelKeyOf(contents: VaultContents): Uint8Array {
  if (contents.labelKey) return contents.labelKey
  if (contents.entropy) return deriveSeed(contents.entropy, 'kith/label-key/1')
  throw new Error('A linked device is given the label key with its certificate')
}
