import { kithError } from '../contract/errors.ts'
import { failureThrough } from './failure-there.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../protocol/messages/generation.ts'
import type { ServiceClients, ServiceTarget } from '../protocol/service/service-client.ts'

/** A gateway on another device of the same account, for an install that has none of its own. */
export function createRemoteGateway(clients: ServiceClients, target: () => ServiceTarget | null): GenerationPort {
  return { ask: (request, signal) => askRemote(clients, target(), request, signal) }
}

async function* askRemote(
  clients: ServiceClients,
  target: ServiceTarget | null,
  request: PromptRequest,
  signal: AbortSignal,
): AsyncGenerator<ServedPart, void, undefined> {
  if (target) {
    for await (const part of clients.ask(target, 'processPrompt', request, signal))
      yield part.type === 'failed' ? { ...part, error: failureThrough(part.error, target) } : part
  } else yield { type: 'failed', error: kithError('offline'), usage: null }
}
