import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import DHT, { type KeyPair } from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'
import { createLog } from '../../base/log.ts'
import type { AccountId, DeviceId, PoolId, RequestId } from '../../contract/ids.ts'
import { ok } from '../../contract/result.ts'
import { Processor, type ProcessorOptions } from '../../processor/processor.ts'
import { permissiveAccess, withoutGateways, withoutPlans, withoutReceipts } from '../../processor/testing/permissive.ts'
import type { WireHandlers } from '../handlers.ts'
import type { Caller, Standing } from '../../access/standing.ts'
import { PromptEstimates } from '../generations/prompt-estimates.ts'
import type { RemoteMachine } from '../machines.ts'
import type { PromptRequest, ServedPart } from '../messages/generation.ts'
import { ServiceClients, type ServiceClientsOptions } from '../service/service-client.ts'
import { deviceIdOf } from '../service/service-connection.ts'
import { ServiceServer, type ServiceServerOptions } from '../service/service-server.ts'
import { nothingServed } from './nothing-served.ts'
import { PacedHub, type Pace } from './paced-hub.ts'

export const testPool = 'aa'.repeat(32) as PoolId
export const silentLog = createLog({ level: process.env['KITH_TEST_LOG'] === 'debug' ? 'debug' : 'silent' })

/** A device that calls. */
export interface CallingDevice {
  readonly keyPair: KeyPair
  readonly deviceId: DeviceId
  readonly clients: ServiceClients
}

/** A machine that serves, with its own DHT node. */
export interface Provider {
  readonly target: RemoteMachine
  readonly hub: PacedHub
  readonly processor: Processor
  readonly server: ServiceServer
}

/** What differs from the usual machine. */
export interface ProviderOptions extends Partial<Omit<ServiceServerOptions, 'handlers'> & ProcessorOptions> {
  readonly handlers?: Partial<WireHandlers>
}

/** Providers and callers on a DHT of their own, on this computer; everything closes with `close`. */
export class ServiceBench {
  isSharing = true
  readonly callers = new Map<DeviceId, Caller>()
  readonly #closers: (() => Promise<unknown>)[] = []

  private constructor(readonly bootstrap: readonly { host: string; port: number }[]) {}

  static async open(): Promise<ServiceBench> {
    const testnet = await createTestnet(4, { host: '127.0.0.1' })
    const bench = new ServiceBench(testnet.bootstrap)
    bench.#closers.push(() => testnet.destroy())
    return bench
  }

  async provider(pace: Pace, { handlers, ...options }: ProviderOptions = {}): Promise<Provider> {
    const dht = this.dht()
    const device = DHT.keyPair()
    const service = DHT.keyPair()
    const hub = new PacedHub(pace)
    const whoIs = (deviceId: DeviceId): Caller | null => this.callers.get(deviceId) ?? null
    const processor = new Processor({
      hub,
      whoIs,
      isSharing: () => this.isSharing,
      machineName: () => 'Provider',
      selfDeviceId: () => deviceIdOf(device.publicKey),
      ...permissiveAccess,
      ...withoutGateways,
      planLimits: withoutPlans,
      estimates: new PromptEstimates(),
      receipts: withoutReceipts,
      log: silentLog,
      ...options,
    })
    const server = new ServiceServer({
      dht,
      serviceKeyPair: service,
      whoIs,
      handlers: { ...nothingServed, ping: () => ok({}), processRequest: processor, ...handlers },
      log: silentLog,
      ...options,
    })
    await processor.start()
    await server.start()
    this.#closers.push(
      () => processor.stop(),
      () => server.stop(),
    )
    await server.listening()
    const target: RemoteMachine = {
      deviceId: deviceIdOf(device.publicKey),
      serviceKey: service.publicKey,
      name: 'Provider',
      poolIds: [testPool],
      capabilities: processor.capabilities(),
    }
    return { target, hub, processor, server }
  }

  /** A device in the pool, unless told otherwise. */
  caller(
    state: Standing['state'] | 'stranger' = 'active',
    options: Partial<ServiceClientsOptions> = {},
  ): CallingDevice {
    const keyPair = DHT.keyPair()
    const deviceId = deviceIdOf(keyPair.publicKey)
    if (state !== 'stranger') this.admit(deviceId, state)
    const clients = new ServiceClients({ dht: this.dht(), deviceKeyPair: keyPair, log: silentLog, ...options })
    this.#closers.push(() => clients.stop())
    return { keyPair, deviceId, clients }
  }

  admit(deviceId: DeviceId, state: Standing['state'], isOwnAccount = false): void {
    const place = { poolId: testPool, poolName: 'Friends', role: 'member' } as const
    this.callers.set(deviceId, {
      deviceId,
      accountId: randomBytes(32).toString('hex') as AccountId,
      isOwnAccount,
      standings: [state === 'stale' ? { ...place, state, silentDays: 15 } : { ...place, state }],
    })
  }

  /** A DHT node of one more peer. */
  dht(): DHT {
    const dht = new DHT({ bootstrap: this.bootstrap, host: '127.0.0.1' })
    this.#closers.push(() => dht.destroy())
    return dht
  }

  onClose(closer: () => Promise<unknown>): void {
    this.#closers.push(closer)
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close()
  }
}

export function promptRequest(text = 'hello', changes: Partial<PromptRequest> = {}): PromptRequest {
  return {
    requestId: randomBytes(16).toString('hex') as RequestId,
    poolId: testPool,
    model: 'paced',
    turns: [{ role: 'user', text }],
    maxTokens: 100_000,
    temperature: 0,
    ...changes,
  }
}

/** All parts of a generation, with their text joined. */
export interface Heard {
  readonly parts: readonly ServedPart[]
  readonly text: string
  readonly last: ServedPart | undefined
  /** The code of its failure, or null. */
  readonly code: string | null
}

/** Hears a generation to its end; what the listener returns is awaited, which makes a slow reader. */
export async function hear(
  generation: AsyncIterable<ServedPart>,
  onPart?: (part: ServedPart) => unknown,
): Promise<Heard> {
  const parts: ServedPart[] = []
  for await (const part of generation) {
    parts.push(part)
    await onPart?.(part)
  }
  const last = parts.at(-1)
  return {
    parts,
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    last,
    code: last?.type === 'failed' ? last.error.code : null,
  }
}

/** A signal that never fires, shared by many generations. */
export const never = new AbortController().signal
setMaxListeners(0, never)
