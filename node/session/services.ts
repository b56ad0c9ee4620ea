import { ClientChats } from '../client/chats.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Processor } from '../processor/processor.ts'
import type { ServiceServer } from '../protocol/service/service-server.ts'
import type { SessionAccounting } from './accounting.ts'
import { createGatewayElsewhere, createSessionGateway } from './gateway.ts'
import type { SessionNetwork } from './network.ts'
import { createSessionProcessor } from './processor.ts'
import { createSessionServer } from './service-server.ts'
import type { SessionEvents } from './session-events.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'

export type ServicesOptions = Pick<
  SessionOptions,
  'vault' | 'hub' | 'dht' | 'roles' | 'log' | 'onChange' | 'onChatEvent' | 'onNotice' | 'onUnsaved'
>

/** The three services of the system, and the door through which other machines reach them. */
export interface SessionServices {
  readonly processor: Processor
  readonly gateway: Gateway
  readonly chats: ClientChats
  readonly server: ServiceServer
}

/** Makes all of them whatever roles there are; what has no role here is offered to nobody and not started. */
export function createServices(
  options: ServicesOptions,
  stores: SessionStores,
  network: SessionNetwork,
  accounting: SessionAccounting,
  events: SessionEvents,
): SessionServices {
  const { vault, roles, log, onChange, onChatEvent, onUnsaved } = options
  const processor = createSessionProcessor(options, stores, network, accounting)
  const isProcessor = roles.includes('processor')
  const gateway = createSessionGateway(options, stores, network, accounting, isProcessor ? processor.local : null)
  const server = createSessionServer(options, network, accounting, processor, gateway)
  const chats = new ClientChats({
    local: stores.local,
    gateway: roles.includes('gateway') ? gateway : createGatewayElsewhere(network),
    selfDeviceId: vault.identity.deviceId,
    ownerOf: (deviceId) => network.pools.names.ownerOf(deviceId),
    log,
    emit: onChatEvent,
    onChange,
    onUnsaved,
  })
  if (isProcessor) events.capabilities.readFrom(() => processor.capabilities())
  events.membershipChanged.add(() => {
    server.enforce()
    processor.enforce()
  })
  return { processor, gateway, chats, server }
}
