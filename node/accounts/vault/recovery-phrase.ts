import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { fail, ok, type Result } from '../../contract/result.ts'
import { deriveSeed } from '../../crypto/hash.ts'
import { keyPairFromSeed, randomBytes, type KeyPair } from '../../crypto/keys.ts'

/** 128 bits: 12 words, enough to restore the account on another computer. */
export const entropyBytes = 16

export function newEntropy(): Uint8Array {
  return randomBytes(entropyBytes)
}

/** The 12 words of an account's entropy. */
export function phraseOf(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist)
}

/** Reads a phrase as people type it: any case, any spaces between the words. */
export function entropyOf(phrase: string): Result<Uint8Array> {
  const words = phrase.normalize('NFKD').toLowerCase().trim().split(/\s+/)
  if (words.length !== 12) return fail('phrase_invalid')
  try {
    return ok(new Uint8Array(mnemonicToEntropy(words.join(' '), wordlist)))
  } catch {
    // Thrown for an unknown word or a wrong checksum.
    return fail('phrase_invalid')
  }
}

export function rootKeyPair(entropy: Uint8Array): KeyPair {
  return keyPairFromSeed(deriveSeed(entropy, 'kith/root-key/1'))
}

/** The key of *My devices*: derived, so that the recovery phrase alone brings that pool back. */
export function devicesPoolKeyPair(entropy: Uint8Array): KeyPair {
  return keyPairFromSeed(deriveSeed(entropy, 'kith/devices-pool-key/1'))
}

/** Opens the vault in place of the password, for somebody who forgot it but has the phrase. */
export function recoveryVaultKey(entropy: Uint8Array): Uint8Array {
  return deriveSeed(entropy, 'kith/recovery-vault-key/1')
}
