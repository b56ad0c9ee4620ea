/** Only what node/crypto calls. The functions take any byte view and write into `output`. */
declare module 'sodium-native' {
  interface Sodium {
    randombytes_buf(output: Uint8Array): void
    sodium_memzero(bytes: Uint8Array): void
    sodium_memcmp(left: Uint8Array, right: Uint8Array): boolean

    crypto_generichash_batch(output: Uint8Array, parts: readonly Uint8Array[], key?: Uint8Array): void

    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
    /** Throws when the key is not a point of the curve. */
    crypto_sign_ed25519_pk_to_curve25519(output: Uint8Array, publicKey: Uint8Array): void
    crypto_sign_ed25519_sk_to_curve25519(output: Uint8Array, secretKey: Uint8Array): void

    readonly crypto_box_SEALBYTES: number
    crypto_box_seal(output: Uint8Array, plaintext: Uint8Array, publicKey: Uint8Array): void
    crypto_box_seal_open(output: Uint8Array, box: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): boolean

    readonly crypto_aead_xchacha20poly1305_ietf_ABYTES: number
    readonly crypto_aead_xchacha20poly1305_ietf_NPUBBYTES: number
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      output: Uint8Array,
      plaintext: Uint8Array,
      associated: Uint8Array | null,
      unused: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number
    /** Throws when the box was made with another key or was changed. */
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      output: Uint8Array,
      unused: null,
      box: Uint8Array,
      associated: Uint8Array | null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number

    readonly crypto_pwhash_SALTBYTES: number
    readonly crypto_pwhash_ALG_ARGON2ID13: number
    crypto_pwhash_async(
      output: Uint8Array,
      password: Uint8Array,
      salt: Uint8Array,
      operations: number,
      memoryBytes: number,
      algorithm: number,
    ): Promise<void>
  }
  const sodium: Sodium
  export default sodium
}
