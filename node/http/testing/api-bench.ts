import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { createLog } from '../../base/log.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../../contract/ids.ts'
import { fail, ok } from '../../contract/result.ts'
import { noUsage } from '../../contract/usage.ts'
import { PromptEstimates } from '../../protocol/generations/prompt-estimates.ts'
import type { GenerationPort } from '../../protocol/messages/generation.ts'
import type { MachineDirectory } from '../../protocol/machines.ts'
import { PacedHub, pacedModel, type Pace } from '../../protocol/testing/paced-hub.ts'
import { Gateway } from '../../gateway/gateway.ts'
import { settledPools, withoutKeyLimits } from '../../gateway/testing/permissive.ts'
import { Processor, type ProcessorOptions } from '../../processor/processor.ts'
import { permissiveAccess, withoutGateways, withoutPlans, withoutReceipts } from '../../processor/testing/permissive.ts'
import { LocalApi } from '../local-api.ts'
import type { LocalApiOptions, Principal } from '../local-api-options.ts'

export const plainKey = 'sk-kith-test'
export const testPoolId = 'd'.repeat(64) as PoolId
export const keyPrincipal: Principal = {
  accountId: 'a'.repeat(64) as AccountId,
  keyId: '0123456789abcdef' as KeyId,
  poolId: testPoolId,
  scopes: ['inference'],
  allowedModels: null,
  terms: null,
}

const selfDeviceId = '1'.repeat(64) as DeviceId
const log = createLog({ level: 'silent' })
const nobody: MachineDirectory = { list: () => [], onChange: () => () => undefined }

/** A gateway and a processor of their own, over engines of the test. */
export async function pacedGateway(hub: ProcessorOptions['hub'], machineName: string): Promise<GenerationPort> {
  const processor = new Processor({
    hub: hub,
    whoIs: () => null,
    isSharing: () => true,
    machineName: () => machineName,
    selfDeviceId: () => selfDeviceId,
    ...permissiveAccess,
    ...withoutGateways,
    planLimits: withoutPlans,
    estimates: new PromptEstimates(),
    receipts: withoutReceipts,
    log,
  })
  const gateway = new Gateway({
    local: processor.local,
    machines: nobody,
    // There is no other computer to ask.
    clients: null as never,
    selfDeviceId,
    ...settledPools,
    limits: withoutKeyLimits,
    estimates: new PromptEstimates(),
    receipts: withoutReceipts,
    machineName: () => machineName,
    log,
  })
  await processor.start()
  await gateway.start()
  return gateway
}

/** A port that another program holds, at one of the two addresses of `localhost`. */
export async function takenPort(host = '127.0.0.1'): Promise<{ port: number; free: () => Promise<void> }> {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, host, resolve))
  return {
    port: (other.address() as AddressInfo).port,
    free: () => new Promise((resolve) => other.close(() => resolve())),
  }
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: {
    error?: { code: string; type: string; message: string; param: string | null; kith: { code: string } }
  }
}

/** The local API on an engine that answers at a set pace; a test changes what it wants to see. */
export class ApiBench {
  readonly hub: PacedHub
  readonly api: LocalApi
  readonly options: { -readonly [K in keyof LocalApiOptions]: LocalApiOptions[K] }

  private constructor(hub: PacedHub, ask: GenerationPort['ask'], port: number) {
    this.hub = hub
    this.options = {
      isEnabled: () => true,
      port: () => port,
      guests: () => ({ hosts: [], origins: [] }),
      authenticate: (bearer) => Promise.resolve(bearer === plainKey ? ok(keyPrincipal) : fail('key_unknown')),
      ask,
      models: () => [{ name: pacedModel.name, engine: pacedModel.engine, poolIds: [testPoolId] }],
      isKnown: () => false,
      usualPool: () => testPoolId,
      limits: () => [],
      usage: () => Promise.resolve(ok({ today: noUsage, thisMonth: noUsage })),
      call: () => Promise.resolve(fail('not_signed_in')),
      log,
      onChange: () => undefined,
    }
    this.api = new LocalApi(this.options)
  }

  static async open(pace: Pace = { tokens: 5, tokenMs: 0 }, machineName = 'desk'): Promise<ApiBench> {
    const hub = new PacedHub(pace)
    const gateway = await pacedGateway(hub, machineName)
    // A port of its own: connections that a client keeps open must not meet the server of the next test.
    const { port, free } = await takenPort()
    await free()
    const bench = new ApiBench(hub, (request, signal) => gateway.ask(request, signal), port)
    await bench.api.start()
    return bench
  }

  get url(): string {
    const { url } = this.api.slice
    if (!url) throw new Error('The local API does not run')
    return url
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  client(options: { apiKey?: string; maxRetries?: number } = {}): OpenAI {
    return new OpenAI({ baseURL: this.url, apiKey: plainKey, maxRetries: 0, ...options })
  }

  /** A request with exactly these headers beside the key's. */
  send(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          headers: {
            authorization: `Bearer ${plainKey}`,
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false
            const json = (isJson ? JSON.parse(text) : {}) as RawAnswer['json']
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json })
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  chat(body: object = {}, headers: Record<string, string> = {}): Promise<RawAnswer> {
    const question = { model: pacedModel.name, messages: [{ role: 'user', content: 'Hello' }], ...body }
    return this.send('POST', '/v1/chat/completions', { headers, body: JSON.stringify(question) })
  }

  close(): Promise<void> {
    return this.api.stop()
  }
}
