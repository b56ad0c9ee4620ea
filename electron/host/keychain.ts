import { safeStorage } from 'electron'
import type { Keychain, KeychainStatus } from '../../node/base/keychain.ts'
import type { Log } from '../../node/base/log.ts'

/** Newer Electrons advise the asynchronous form; Electron 33 knows only the other. */
interface AnySafeStorage {
  isAsyncEncryptionAvailable?(): Promise<boolean>
  encryptStringAsync?(text: string): Promise<Buffer>
  decryptStringAsync?(box: Buffer): Promise<string | { readonly result: string }>
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(box: Buffer): string
}

/** Whether the system can keep a secret. On Linux without a secret store it is only a fixed password. */
export async function keychainStatus(): Promise<KeychainStatus> {
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return 'basic_text'
  const storage: AnySafeStorage = safeStorage
  const isAvailable = storage.isAsyncEncryptionAvailable
    ? await storage.isAsyncEncryptionAvailable()
    : storage.isEncryptionAvailable()
  return isAvailable ? 'available' : 'unavailable'
}

/** The secret store of the system for the peer. Bytes travel as base64: the store takes text. */
export function createKeychain(log: Log): Keychain {
  const storage: AnySafeStorage = safeStorage
  return {
    status: keychainStatus,
    async seal(plaintext) {
      const text = Buffer.from(plaintext).toString('base64')
      try {
        return await (storage.encryptStringAsync?.(text) ?? storage.encryptString(text))
      } catch (cause) {
        log.warn({ cause }, 'the keychain did not take a secret')
        return null
      }
    },
    async open(box) {
      const bytes = Buffer.from(box)
      try {
        const opened = await (storage.decryptStringAsync?.(bytes) ?? storage.decryptString(bytes))
        return new Uint8Array(Buffer.from(typeof opened === 'string' ? opened : opened.result, 'base64'))
      } catch (cause) {
        // Sealed by another user, another computer, or a keychain that was made anew.
        log.warn({ cause }, 'the keychain did not open a secret')
        return null
      }
    },
  }
}
