import { toHex } from '../../crypto/encoding.ts'
import { randomBytes } from '../../crypto/keys.ts'
import type { Bee, RecordChange } from '../../state/bee.ts'
import { envelopeFor, type Envelopes } from './envelopes.ts'
import { nextEpoch, type KeyRing } from './key-ring.ts'
import type { Directory } from './membership.ts'
import { envelopeKeys, type EpochRecord, type ReadKeys } from './records.ts'

/** Read keys that nobody has yet. */
export function newReadKeys(epoch: number): ReadKeys {
  return { epoch, poolKey: toHex(randomBytes(32)), usageKey: toHex(randomBytes(32)) }
}

/**
 * Whether the epoch is over: somebody holds keys of it who should not. A device that is no longer in
 * the directory was removed, has left or was unlinked; a guest may have been a member.
 */
export async function isEpochOver(directory: Directory, envelopes: Envelopes, epoch: number): Promise<boolean> {
  for (const holder of await envelopes.holdersOf(epoch)) {
    const device = directory.devices.get(holder.deviceId)
    const member = device && directory.members.get(device.accountId)
    if (!member || (member.role === 'guest' && holder.hasUsageKey === true)) return true
  }
  return false
}

/** The keys of an epoch, sealed to each device whose member has a place. */
export function envelopesFor(keys: ReadKeys, directory: Pick<Directory, 'devices' | 'members'>): RecordChange[] {
  return [...directory.devices.values()].flatMap(({ deviceId, accountId }) => {
    const member = directory.members.get(accountId)
    // A suspended member gets his envelope when he is let in again.
    const envelope = member?.state === 'active' ? envelopeFor(keys, deviceId, member.role === 'guest') : null
    return envelope ? [envelope] : []
  })
}

export interface Rotation {
  readonly ring: KeyRing
  readonly envelopes: Envelopes
  /** The directory as it stands, as a bee and as it was read. */
  readonly bee: Bee
  readonly directory: Directory
  /** Opens the bee that is the directory under other read keys. */
  readonly openDirectory: (keys: ReadKeys) => Promise<Bee>
  readonly nowMs: number
}

/**
 * Starts a new epoch of read keys: the directory moves to a new core under them, and each device
 * that is still in it gets an envelope.
 *
 * Each step may be repeated. The keys are kept first; the envelopes and the number of the epoch are
 * one append, and that append is the change. A manager that ends before it goes on with the same keys.
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
