import type { Worker } from '../base/worker.ts'
import { ClientWorker } from '../client/client-worker.ts'
import { GatewayWorker } from '../gateway/gateway-worker.ts'
import type { LocalApi } from '../http/local-api.ts'
import { ProcessorWorker } from '../processor/processor-worker.ts'
import type { SessionServices } from './services.ts'
import type { SessionOptions } from './session-options.ts'

/** The workers of the chosen roles, in the order in which they start. */
export function createWorkers(
  { roles, log }: Pick<SessionOptions, 'roles' | 'log'>,
  { processor, gateway, chats }: SessionServices,
  api: LocalApi,
): readonly Worker[] {
  return [
    ...(roles.includes('processor') ? [new ProcessorWorker(log, processor)] : []),
    ...(roles.includes('gateway') ? [new GatewayWorker(log, gateway, api)] : []),
    ...(roles.includes('client') ? [new ClientWorker(log, chats)] : []),
  ]
}
