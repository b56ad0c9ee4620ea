import { Gateway } from '../gateway/gateway.ts'
import { createRemoteGateway } from '../gateway/remote-gateway.ts'
import type { LocalProcessor } from '../protocol/local-processor.ts'
import type { GenerationPort } from '../protocol/messages/generation.ts'
import type { SessionAccounting } from './accounting.ts'
import { StoredMachines } from './kept-machines.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

/** The gateway of the account: it finds a machine for each request of this install. */
export function createSessionGateway(
  { vault, log }: Pick<SessionOptions, 'vault' | 'log'>,
  { local: store }: Pick<SessionStores, 'local'>,
  { pools, clients }: SessionNetwork,
  { usage, limits, estimates }: SessionAccounting,
  local: LocalProcessor | null,
): Gateway {
  return new Gateway({
    local,
    machines: pools,
    clients,
    selfDeviceId: vault.identity.deviceId,
    receipts: usage.ofGateway,
    limits: limits.ofGateway,
    estimates,
    machineName: () => vault.contents.deviceName,
    isConnecting: (poolId) => pools.isConnecting(poolId),
    refusalOf: (poolId) => pools.get(poolId)?.refusal ?? null,
    keptMachines: new StoredMachines(store, log),
    awayIn: (poolId) => pools.awayIn(poolId),
    log,
  })
}

/** For an install without a gateway: that of another device of the account, whichever is connected. */
export function createGatewayElsewhere({ pools, clients }: SessionNetwork): GenerationPort {
  return createRemoteGateway(
    clients,
    () => pools.list().find(({ deviceId }) => pools.whoIs(deviceId)?.isOwnAccount) ?? null,
  )
}
