import type Corestore from 'corestore'
import type { KeyPair } from '../crypto/keys.ts'

/** The key of the core that a key pair writes: a hash of its manifest, not the public key. */
export async function coreKeyOf(store: Corestore, keyPair: KeyPair): Promise<Uint8Array> {
  const core = store.get({ keyPair })
  await core.ready()
  const { key } = core
  await core.close()
  return key
}
