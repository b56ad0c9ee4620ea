import { z } from 'zod'
import { settingsSchema, type Settings } from '../contract/state.ts'
import { localKeys } from '../pools/pool/records.ts'
import type { Bee } from '../state/bee.ts'

const sharingRecordSchema = z.object({ isEnabled: z.boolean() })

/** All but the name of this computer, which is the vault's: all devices of the account know it. */
export type StoredSettings = Omit<Settings, 'deviceName'>
const storedSchema = settingsSchema.omit({ deviceName: true }).partial()

export function defaultSettings(): StoredSettings {
  return {
    theme: 'system',
    chatPoolId: null,
    chatModel: null,
    serverUrls: [],
    isFirstRunDone: false,
    announceAnswers: 'sentences',
  }
}

/** Settings of one account on this install, and whether it shares. */
export class SettingsStore {
  #settings: StoredSettings = defaultSettings()
  #isSharing = false

  constructor(private readonly local: Bee) {}

  async open(): Promise<void> {
    // Settings of an older version may lack fields: what is there wins over the defaults.
    const stored = await this.local.get(localKeys.settings, storedSchema)
    this.#settings = { ...this.#settings, ...stored }
    this.#isSharing = (await this.local.get(localKeys.sharing, sharingRecordSchema))?.isEnabled ?? false
  }

  get settings(): StoredSettings {
    return this.#settings
  }

  /** Off until chosen, and remembered then. */
  get isSharing(): boolean {
    return this.#isSharing
  }

  async update(change: Partial<StoredSettings>): Promise<void> {
    const next = { ...this.#settings, ...change }
    await this.local.put(localKeys.settings, next)
    this.#settings = next
  }

  async setSharing(isEnabled: boolean): Promise<void> {
    await this.local.put(localKeys.sharing, { isEnabled })
    this.#isSharing = isEnabled
  }
}
