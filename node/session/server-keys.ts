import { z } from 'zod'
import { localStoreKey } from '../accounts/identity.ts'
import { openText, sealText } from '../accounts/sealed-text.ts'
import { localKeys } from '../pools/pool/records.ts'
import type { Bee } from '../state/bee.ts'

const recordSchema = z.object({ box: z.string().max(4_000) })

/**
 * The keys of model servers, each for the one address it was given with.
 *
 * They are sealed within the store, which is encrypted as a whole: no listing of its records, and nothing that is made
 * from one, holds a key that can be read.
 */
export class ServerKeys {
  readonly #sealKey: Uint8Array

  constructor(
    private readonly local: Bee,
    localKey: Uint8Array,
  ) {
    this.#sealKey = localStoreKey(localKey, 'server-keys')
  }

  /** Null where the server has none. */
  async get(url: string): Promise<string | null> {
    const record = await this.local.get(localKeys.serverKey(url), recordSchema)
    return record && openText(this.#sealKey, record.box, url)
  }

  async set(url: string, apiKey: string): Promise<void> {
    await this.local.put(localKeys.serverKey(url), { box: sealText(this.#sealKey, apiKey, url) })
  }

  async remove(url: string): Promise<void> {
    await this.local.remove(localKeys.serverKey(url))
  }
}
