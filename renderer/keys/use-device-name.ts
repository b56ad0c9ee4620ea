import type { DeviceId } from '../../node/contract/ids.ts'
import { useSlice } from '../state/slices.ts'

/** What a computer of this account is called; null where it is not known here. */
export function useDeviceName(deviceId: DeviceId): string | null {
  const { current } = useSlice('account')
  const machines = useSlice('machines')
  const own = current?.devices.find((device) => device.deviceId === deviceId)
  return own?.name ?? machines.find((machine) => machine.deviceId === deviceId)?.name ?? null
}
