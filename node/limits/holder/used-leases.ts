import type { DeviceId } from '../../contract/ids.ts'
import type { HolderRecord } from './holder-records.ts'

/** Sequence numbers that are looked up one by one; older ones are refused unseen. */
const remembered = 500
/** Coordinators that are remembered: the present one, its deputy, and those before. */
const grantorsRemembered = 4

/** Whether a plan lease is used for the first time; remembers it. */
export function useOnce(record: HolderRecord, grantorDeviceId: DeviceId, sequence: number): boolean {
  const known = record.usedLeases.find((one) => one.grantorDeviceId === grantorDeviceId)
  const used = known ?? { grantorDeviceId, floor: 0, sequences: [] }
  if (sequence <= used.floor || used.sequences.includes(sequence)) return false
  const sequences = [...used.sequences, sequence].sort((one, other) => one - other)
  const dropped = sequences.splice(0, Math.max(0, sequences.length - remembered))
  const floor = Math.max(used.floor, ...dropped)
  const others = record.usedLeases.filter((one) => one !== known)
  record.usedLeases = [{ grantorDeviceId, floor, sequences }, ...others].slice(0, grantorsRemembered)
  return true
}
