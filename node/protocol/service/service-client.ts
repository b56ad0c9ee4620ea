import RPC, { type RpcClient } from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import type DHT from 'hyperdht'
import type { KeyPair } from 'hyperdht'
import type { DeviceId } from '../../contract/ids.ts'
import { kithError } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { withDeadline } from '../../base/deadline.ts'
import { healthy, type Facility, type Health } from '../../base/facility.ts'
import type { Log } from '../../base/log.ts'
import type { PromptRequest, ServedPart } from '../messages/generation.ts'
import { GenerationSession } from '../generations/generation-session.ts'
import { jsonBytes, parseJson } from '../messages/bytes.ts'
import { decodeReply, encodeCall } from '../messages/call-encoding.ts'
import { controlReplies, type ControlReply, type ControlRequest } from '../messages/control-messages.ts'
import { defaultDeadlines, type GenerationDeadlines } from '../generations/deadlines.ts'
import { defaultHeartbeatTimes, type HeartbeatTimes } from './heartbeat.ts'
import { ServiceConnection } from './service-connection.ts'
import { encodeSignedRequest } from '../messages/signed-request.ts'
import type { GenerationMethod, ControlMethod } from '../version.ts'
import { wireLimits } from '../wire-limits.ts'

/** A machine to dial: where its service listens, and what to call it. */
export interface ServiceTarget {
  readonly deviceId: DeviceId
  readonly serviceKey: Uint8Array
  readonly name: string
}

/** Asks other machines over their service connections. */
export interface ServiceClients extends Facility {
  /** Answers of a question asked of one machine; nothing is thrown. */
  ask(
    target: ServiceTarget,
    method: GenerationMethod,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncIterable<ServedPart>
  call<M extends ControlMethod>(
    target: ServiceTarget,
    method: M,
    body: ControlRequest<M>,
  ): Promise<Result<ControlReply<M>>>
  /** Closes the connection to a machine, for example after it was removed. */
  disconnect(deviceId: DeviceId): void
}

export interface ServiceClientsOptions {
  readonly dht: DHT
  readonly deviceKeyPair: KeyPair
  readonly log: Log
  readonly deadlines?: Partial<GenerationDeadlines>
  readonly heartbeat?: HeartbeatTimes
  /** A connection without answers closes after this long. */
  readonly idleMs?: number
}

interface Dialled {
  readonly client: RpcClient
  readonly line: ServiceConnection
  readonly serviceKey: Uint8Array
  /** Answers and calls under way. */
  uses: number
  isOpen: boolean
  idleTimer: NodeJS.Timeout | undefined
}

/** One lazy connection to each machine, dialled with the device key and shared by all questions. */
class ServiceClientPool implements ServiceClients {
  readonly name = 'service-clients'
  readonly needs: readonly string[] = []
  readonly #rpc: RPC
  readonly #dialled = new Map<DeviceId, Dialled>()
  readonly #deadlines: GenerationDeadlines
  readonly #idleMs: number
  #isStopped = false

  constructor(private readonly options: ServiceClientsOptions) {
    this.#rpc = new RPC({ dht: options.dht, keyPair: options.deviceKeyPair, valueEncoding: raw })
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines }
    this.#idleMs = options.idleMs ?? 60_000
  }

  async start(): Promise<void> {
    // Connections are dialled when first needed.
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const deviceId of [...this.#dialled.keys()]) this.disconnect(deviceId)
    await this.#rpc.destroy({ force: true })
  }

  health(): Health {
    return healthy
  }

  async *ask(
    target: ServiceTarget,
    method: GenerationMethod,
    request: PromptRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ServedPart, void, undefined> {
    const call = encodeSignedRequest(request, this.options.deviceKeyPair.secretKey)
    if (!call.ok) return yield { type: 'failed', error: call.error, usage: null }
    if (signal.aborted) return yield { type: 'failed', error: kithError('stopped'), usage: null }
    const dialled = this.#dial(target)
    if (!dialled) {
      return yield { type: 'failed', error: kithError('machine_unreachable', { machine: target.name }), usage: null }
    }
    const release = this.#use(target.deviceId, dialled)
    const session = new GenerationSession({
      line: dialled.line,
      machineName: target.name,
      request,
      deadlines: this.#deadlines,
      call: () => this.#request(dialled, target.name, method, call.value),
    })
    const cancel = (): void => session.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      session.start()
      for await (const part of session.parts) yield method === 'processRequest' ? proved(part, target) : part
    } finally {
      signal.removeEventListener('abort', cancel)
      release()
    }
  }

  async call<M extends ControlMethod>(
    target: ServiceTarget,
    method: M,
    body: ControlRequest<M>,
  ): Promise<Result<ControlReply<M>>> {
    const unreachable = fail('machine_unreachable', { machine: target.name })
    const dialled = this.#dial(target)
    if (!dialled) return unreachable
    const release = this.#use(target.deviceId, dialled)
    try {
      const bytes = encodeCall({ body: jsonBytes(body), signature: new Uint8Array(0) })
      const limitMs = this.#deadlines.connectMs + this.#deadlines.acceptMs
      const reply = await withDeadline(this.#request(dialled, target.name, method, bytes), limitMs)
      if (!reply.inTime) return unreachable
      if (!reply.value.ok) return reply.value
      const schema = controlReplies[method]
      const parsed = parseJson<unknown>(reply.value.value, schema, wireLimits.controlBytes)
      return parsed.ok ? ok(parsed.value as ControlReply<M>) : fail('protocol_error')
    } finally {
      release()
    }
  }

  disconnect(deviceId: DeviceId): void {
    const dialled = this.#dialled.get(deviceId)
    if (!dialled) return
    clearTimeout(dialled.idleTimer)
    this.#dialled.delete(deviceId)
    dialled.line.destroy('disconnected')
    dialled.client.destroy()
  }

  #dial(target: ServiceTarget): Dialled | null {
    if (this.#isStopped) return null
    const known = this.#dialled.get(target.deviceId)
    if (known && !known.line.isClosed && sameKey(known.serviceKey, target.serviceKey)) return known
    if (known) this.disconnect(target.deviceId)
    const client = this.#connect(target.serviceKey)
    if (!client || client.stream.destroying) return null
    const line = new ServiceConnection({
      stream: client.stream,
      mux: client.mux,
      peer: target.deviceId,
      heartbeat: this.options.heartbeat ?? defaultHeartbeatTimes,
      log: this.options.log,
    })
    const dialled: Dialled = {
      client,
      line,
      serviceKey: target.serviceKey,
      uses: 0,
      isOpen: false,
      idleTimer: undefined,
    }
    this.#dialled.set(target.deviceId, dialled)
    void line.opened.then((isOpen) => (dialled.isOpen = isOpen))
    line.onClose(() => {
      if (this.#dialled.get(target.deviceId) === dialled) this.disconnect(target.deviceId)
    })
    return dialled
  }

  /** Null when the DHT cannot dial: it is suspended or closed, or the key is none. */
  #connect(serviceKey: Uint8Array): RpcClient | null {
    try {
      return this.#rpc.connect(serviceKey, { keyPair: this.options.deviceKeyPair })
    } catch (cause) {
      this.options.log.debug({ cause }, 'cannot dial')
      return null
    }
  }

  #use(deviceId: DeviceId, dialled: Dialled): () => void {
    dialled.uses += 1
    clearTimeout(dialled.idleTimer)
    return () => {
      dialled.uses -= 1
      if (dialled.uses > 0 || this.#dialled.get(deviceId) !== dialled) return
      // A dial that nobody waits for any more is given up, so that the next question dials anew.
      if (!dialled.isOpen) this.disconnect(deviceId)
      else dialled.idleTimer = setTimeout(() => this.disconnect(deviceId), this.#idleMs)
    }
  }

  async #request(dialled: Dialled, machine: string, method: string, bytes: Uint8Array): Promise<Result<Uint8Array>> {
    try {
      return decodeReply(await dialled.client.request(method, bytes))
    } catch (cause) {
      this.options.log.debug({ method, code: codeOf(cause) }, 'service call failed')
      if (codeOf(cause) === 'UNKNOWN_METHOD') return fail('version_mismatch')
      const isOpen = await dialled.line.opened
      return fail(isOpen ? 'machine_lost' : 'machine_unreachable', { machine })
    }
  }
}

export function createServiceClients(options: ServiceClientsOptions): ServiceClients {
  return new ServiceClientPool(options)
}

/** A machine cannot answer in another's name: its key was proved by the connection. */
function proved(part: ServedPart, target: ServiceTarget): ServedPart {
  return part.type === 'accepted' ? { ...part, deviceId: target.deviceId } : part
}

function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}
