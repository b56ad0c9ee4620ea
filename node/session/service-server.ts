import { ok } from '../contract/result.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Processor } from '../processor/processor.ts'
import { notServed } from '../protocol/handlers.ts'
import { ServiceServer } from '../protocol/service/service-server.ts'
import type { SessionAccounting } from './accounting.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionOptions } from './session-options.ts'

/** Who answers each method that other machines may call. */
export function createSessionServer(
  { vault, dht, roles, log }: Pick<SessionOptions, 'vault' | 'dht' | 'roles' | 'log'>,
  { pools, cutOffs }: SessionNetwork,
  { usage, limits }: SessionAccounting,
  processor: Processor,
  gateway: Gateway,
): ServiceServer {
  return new ServiceServer({
    dht: dht.dht,
    serviceKeyPair: vault.identity.service,
    whoIs: (deviceId) => pools.whoIs(deviceId),
    cutOffs,
    handlers: {
      ping: () => ok({}),
      usage: (caller, call) => usage.ledger.receive(caller, call),
      leaseQuota: (caller, call) => limits.service.handle(caller, call),
      processRequest: roles.includes('processor') ? processor : notServed,
      processPrompt: roles.includes('gateway') ? gateway : notServed,
    },
    log,
  })
}
