import { withDeadline } from '../../base/deadline.ts'
import { healthy, type Facility, type Health } from '../../base/facility.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, type Result } from '../../contract/result.ts'
import { defaultDeadlines, type GenerationDeadlines } from '../generations/deadlines.ts'
import { GenerationSession } from '../generations/generation-session.ts'
import { jsonBytes, parseJson } from '../messages/bytes.ts'
import { encodeCall } from '../messages/call-encoding.ts'
import type { PromptRequest, ServedPart } from '../messages/generation.ts'
import { encodeSignedRequest } from '../messages/signed-request.ts'
import { schemasOf, type CallName, type GenerationName, type ReplyOf, type RequestOf } from '../methods.ts'
import { wireLimits } from '../wire-limits.ts'
import { DialledConnections, type DialledConnectionsOptions, type ServiceTarget } from './dialled-connections.ts'

export type { ServiceTarget } from './dialled-connections.ts'

export interface ServiceClientsOptions extends DialledConnectionsOptions {
  readonly deadlines?: Partial<GenerationDeadlines>
}

/** Asks other machines over their service connections. */
export class ServiceClients implements Facility {
  readonly name = 'service-clients'
  readonly needs: readonly string[] = []
  readonly #connections: DialledConnections
  readonly #deadlines: GenerationDeadlines

  constructor(private readonly options: ServiceClientsOptions) {
    this.#connections = new DialledConnections(options)
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines }
  }

  async start(): Promise<void> {
    // Connections are dialled when first needed.
  }

  async stop(): Promise<void> {
    await this.#connections.stop()
  }

  health(): Health {
    return healthy
  }

  /** The parts of a generation on one machine; nothing is thrown. */
  async *ask(
    target: ServiceTarget,
    method: GenerationName,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const call = encodeSignedRequest(request, this.options.deviceKeyPair.secretKey)
    if (!call.ok) return yield failed(call.error)
    if (signal.aborted) return yield failed(kithError('stopped'))
    const used = this.#connections.use(target)
    if (!used) return yield failed(kithError('machine_unreachable', { machine: target.name }))
    const session = new GenerationSession({
      connection: used.connection,
      machineName: target.name,
      requestId: request.requestId,
      deadlines: this.#deadlines,
      call: () => used.request(method, call.value),
    })
    const cancel = (): void => session.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      session.start()
      for await (const part of session.parts) yield method === 'processRequest' ? proved(part, target) : part
    } finally {
      signal.removeEventListener('abort', cancel)
      used.release()
    }
  }

  async call<M extends CallName>(target: ServiceTarget, method: M, request: RequestOf<M>): Promise<Result<ReplyOf<M>>> {
    const unreachable = fail('machine_unreachable', { machine: target.name })
    const used = this.#connections.use(target)
    if (!used) return unreachable
    try {
      const bytes = encodeCall({ body: jsonBytes(request), signature: new Uint8Array(0) })
      const limitMs = this.#deadlines.connectMs + this.#deadlines.acceptMs
      const reply = await withDeadline(used.request(method, bytes), limitMs)
      if (!reply.inTime) return unreachable
      if (!reply.value.ok) return reply.value
      const parsed = parseJson(reply.value.value, schemasOf(method).reply, wireLimits.controlBytes)
      return parsed.ok ? parsed : fail('protocol_error')
    } finally {
      used.release()
    }
  }

  disconnect(deviceId: DeviceId): void {
    this.#connections.disconnect(deviceId)
  }
}

function failed(error: KithError): ServedPart {
  return { type: 'failed', error, usage: null }
}

/** A machine cannot speak in another's name: its key was proved by the connection. */
function proved(part: ServedPart, target: ServiceTarget): ServedPart {
  return part.type === 'accepted' ? { ...part, deviceId: target.deviceId } : part
}
