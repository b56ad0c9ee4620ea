/** `basic_text` means that the keychain is only a fixed password, which every program knows. */
export type KeychainStatus = 'available' | 'basic_text' | 'unavailable'

/**
 * The secret store of the operating system, as the host of the peer knows it.
 *
 * `seal` and `open` return null where it fails; nothing is thrown. Only `available` keeps a secret.
 */
export interface Keychain {
  status(): Promise<KeychainStatus>
  seal(plaintext: Uint8Array): Promise<Uint8Array | null>
  open(box: Uint8Array): Promise<Uint8Array | null>
}

/** A host without a secret store: a server, a container, the command line. */
export const noKeychain: Keychain = {
  status: () => Promise.resolve('unavailable'),
  seal: () => Promise.resolve(null),
  open: () => Promise.resolve(null),
}
