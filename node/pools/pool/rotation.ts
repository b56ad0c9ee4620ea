import { toHex } from '../../crypto/encoding.ts'
import { randomBytes } from '../../crypto/keys.ts'
import type { Bee, RecordChange } from '../../state/bee.ts'
import { envelopeFor, type Envelopes } from './envelopes.ts'
import { nextEpoch, type KeyRing } from './key-ring.ts'
import type { Directory } from './membership.ts'
import { envelopeKeys, type EpochRecord, type ReadKeys } from './records.ts'

/** Fresh random read keys. */
export function newReadKeys(epoch: number): ReadKeys {
  return { epoch, poolKey: toHex(randomBytes(32)), usageKey: toHex(randomBytes(32)) }
}

/**
 * Whether a device holds keys of the epoch that it should not have: it is no longer in the directory, or it has
 * the usage key though its account is now a guest.
 */
export async function isEpochOver(directory: Directory, envelopes: Envelopes, epoch: number): Promise<boolean> {
  for (const holder of await envelopes.holdersOf(epoch)) {
    const device = directory.devices.get(holder.deviceId)
    const member = device && directory.members.get(device.accountId)
    if (!member || (member.role === 'guest' && holder.hasUsageKey === true)) return true
  }
  return false
}

/** The keys of an epoch, sealed to each device of an active member. */
export function envelopesFor(keys: ReadKeys, directory: Pick<Directory, 'devices' | 'members'>): RecordChange[] {
  return [...directory.devices.values()].flatMap(({ deviceId, accountId }) => {
    const member = directory.members.get(accountId)
    // A suspended member gets an envelope when admitted again.
    const envelope = member?.state === 'active' ? envelopeFor(keys, deviceId, member.role === 'guest') : null
    return envelope ? [envelope] : []
  })
}

export interface Rotation {
  readonly ring: KeyRing
  readonly envelopes: Envelopes
  /** The current directory, as a bee and as it was read. */
  readonly bee: Bee
  readonly directory: Directory
  /** Opens the directory bee of another epoch. */
  readonly openDirectory: (keys: ReadKeys) => Promise<Bee>
  readonly nowMs: number
}

/**
 * Starts a new epoch of read keys: the directory moves to a new core encrypted with them, and each device of an
 * active member gets an envelope.
 *
 * Each step can be repeated after a crash. The keys are stored first and reused; the envelopes and the epoch
 * number are one append, which makes the change take effect.
 */
export async function startEpoch(rotation: Rotation, current: EpochRecord): Promise<void> {
  const { ring, envelopes, bee, directory, nowMs } = rotation
  const begun = ring.newest
  const isBegun = begun !== null && begun.epoch > current.current
  const keys = isBegun ? begun : newReadKeys(nextEpoch(current.current, nowMs))
  if (!isBegun) await ring.add(keys)
  const next = await rotation.openDirectory(keys)
  if (next !== bee) await bee.moveTo(next)
  const sealed = envelopesFor(keys, directory)
  const record: EpochRecord = { current: keys.epoch, directoryCore: toHex(next.key) }
  await envelopes.bee.update([...sealed, [envelopeKeys.epoch, () => record]])
}
