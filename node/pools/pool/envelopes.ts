import type { z } from 'zod'
import type { Identity } from '../../accounts/identity.ts'
import { keyOf } from '../../accounts/ids.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { bytesOfText, fromBase64Url, textOfBytes, toBase64Url } from '../../crypto/encoding.ts'
import { openSealed, sealTo } from '../../crypto/seal.ts'
import type { Bee, RecordChange } from '../../state/bee.ts'
import { epochName, type KeyRing } from './key-ring.ts'
import {
  envelopeKeys,
  envelopeRecordSchema,
  epochRecordSchema,
  readKeysSchema,
  type EpochRecord,
  type ReadKeys,
} from './records.ts'

interface Holder {
  readonly deviceId: DeviceId
  readonly hasUsageKey: boolean | undefined
}

/**
 * The envelope bee of a pool: which epoch of read keys is current, and those keys, sealed to each device.
 *
 * The bee itself is not encrypted, only the boxes in it are. Only devices with an envelope of an epoch are
 * offered the cores of that epoch.
 */
export class Envelopes {
  readonly #holders = new Set<string>()
  #first = Infinity
  #current = 0

  constructor(
    readonly bee: Bee,
    private readonly identity: Identity,
  ) {}

  current(): Promise<EpochRecord | null> {
    return this.bee.get(envelopeKeys.epoch, epochRecordSchema)
  }

  /**
   * Reads who holds keys of which epoch, and with a ring, adds to it the new keys sealed to this device.
   * Envelopes of past epochs do not change and are read once.
   */
  async refresh(ring: KeyRing | null): Promise<void> {
    const current = (await this.current())?.current ?? 0
    const prefix = current > 0 && current === this.#current ? `${epochName(current)}/` : ''
    const stored = await this.bee.list(envelopeKeys.envelopes + prefix, envelopeRecordSchema)
    for (const { key, value } of stored) {
      const name = prefix + key
      const [epoch, deviceId] = name.split('/')
      this.#holders.add(name)
      this.#first = Math.min(this.#first, Number(epoch))
      if (ring && deviceId === this.identity.deviceId) await this.#keep(Number(epoch), value, ring)
    }
    this.#current = current
  }

  async #keep(epoch: number, envelope: z.infer<typeof envelopeRecordSchema>, ring: KeyRing): Promise<void> {
    const known = ring.of(epoch)
    // A guest who has become a member gets the usage key of the same epoch.
    if (known && (known.usageKey !== null || envelope.hasUsageKey !== true)) return
    const keys = this.#open(envelope.box)
    if (keys?.epoch === epoch) await ring.add(keys)
  }

  #open(text: string): ReadKeys | null {
    const box = fromBase64Url(text)
    const opened = box ? openSealed(this.identity.device, box) : null
    const keys = opened ? readKeysSchema.safeParse(parseJson(textOfBytes(opened))) : null
    return keys?.success ? keys.data : null
  }

  /**
   * Whether a device has an envelope of an epoch, as last read.
   *
   * Epochs before the first one here belong to an earlier manager of the pool; for them, an envelope of the
   * current epoch is enough.
   */
  holds(deviceId: DeviceId, epoch: number): boolean {
    if (this.#holders.has(`${epochName(epoch)}/${deviceId}`)) return true
    return epoch < this.#first && this.#holders.has(`${epochName(this.#current)}/${deviceId}`)
  }

  async holdersOf(epoch: number): Promise<Holder[]> {
    const prefix = `${envelopeKeys.envelopes}${epochName(epoch)}/`
    const stored = await this.bee.list(prefix, envelopeRecordSchema)
    return stored.map(({ key, value }) => ({ deviceId: key as DeviceId, hasUsageKey: value.hasUsageKey }))
  }
}

/** Seals the keys of an epoch to a device; guests get no usage key. Null if the device key is invalid. */
export function envelopeFor(keys: ReadKeys, deviceId: DeviceId, isGuest: boolean): RecordChange | null {
  const contents: ReadKeys = isGuest ? { ...keys, usageKey: null } : keys
  const hasUsageKey = contents.usageKey !== null
  const box = sealTo(keyOf(deviceId), bytesOfText(JSON.stringify(contents)))
  if (!box) return null
  const key = `${envelopeKeys.envelopes}${epochName(keys.epoch)}/${deviceId}`
  const next = { box: toBase64Url(box), hasUsageKey }
  // Sealing gives a new box each time, so writing the same keys again would only grow the core.
  return [key, (stored) => (hasSame(stored, hasUsageKey) ? stored : next)]
}

function hasSame(stored: unknown, hasUsageKey: boolean): boolean {
  const envelope = envelopeRecordSchema.safeParse(stored)
  return envelope.success && (envelope.data.hasUsageKey ?? hasUsageKey) === hasUsageKey
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown)
  } catch {
    // Not JSON: the schema refuses null.
    return null
  }
}
