import { Processor } from '../processor/processor.ts'
import { FailedForOthers } from './failed-for-others.ts'
import type { SessionAccounting } from './accounting.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

/** The processor of the account: it runs what this computer and, where it shares, the pools ask for. */
export function createSessionProcessor(
  { vault, hub, log, onNotice }: Pick<SessionOptions, 'vault' | 'hub' | 'log' | 'onNotice'>,
  { settings }: SessionStores,
  { pools, terms }: SessionNetwork,
  { usage, limits, estimates }: SessionAccounting,
): Processor {
  const { deviceId: selfDeviceId } = vault.identity
  return new Processor({
    hub,
    whoIs: (deviceId) => pools.whoIs(deviceId),
    isSharing: () => settings.isSharing,
    machineName: () => vault.contents.deviceName,
    selfDeviceId: () => selfDeviceId,
    isOwnAccount: (accountId) => accountId === vault.accountId,
    isGateway: (poolId, deviceId) => terms.isGateway(poolId, deviceId),
    memberState: (poolId, accountId) => pools.get(poolId)?.standing(accountId)?.state ?? null,
    receipts: usage.ofProcessor,
    planLimits: limits.ofProcessor,
    estimates,
    onFailedFor: new FailedForOthers((accountId) => pools.names.person(accountId), onNotice).tell,
    log,
  })
}
