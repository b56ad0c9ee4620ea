import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import type { ReceiptView, UsageDirection } from '../contract/usage.ts'
import { kithError } from '../contract/errors.ts'
import { fail, ok } from '../contract/result.ts'
import type { TokenUsage } from '../engines/engine.ts'
import type { GenerationHandler, WireHandlers } from '../protocol/handlers.ts'
import { lyingParts } from '../protocol/testing/lying-machine.ts'
import type { Processor } from '../processor/processor.ts'
import { bytesOfText, fromHex } from '../crypto/encoding.ts'
import { sign } from '../crypto/sign.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { RemoteMachine } from '../protocol/machines.ts'
import { ServiceClients } from '../protocol/service/service-client.ts'
import type { Pace } from '../protocol/testing/paced-hub.ts'
import {
  hear,
  never,
  promptRequest,
  ServiceBench,
  silentLog,
  testPool,
  type Provider,
} from '../protocol/testing/service-bench.ts'
import type { SignedReceipt } from '../usage/signed-receipt.ts'
import { LedgerBench, newIdentity, TestMachines } from '../usage/testing/ledger-bench.ts'
import { Gateway } from './gateway.ts'
import { GatewayReceipts } from './receipts.ts'
import { settledPools, withoutKeyLimits } from './testing/permissive.ts'
import { ProcessorReceipts } from '../processor/receipts.ts'

const outDir = join(import.meta.dirname, '../../node_modules/.cache/kith-killable-provider-receipts')

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: join(import.meta.dirname, '../protocol/testing/killable-provider.ts'), outDir, emptyOutDir: true },
  })
})
afterAll(() => bench.close())

const month = new Date().toISOString().slice(0, 7)

interface Serving extends Provider {
  readonly ledger: LedgerBench
}

/** A machine that serves and keeps receipts. */
async function serving(
  pace: Pace,
  sign?: (receipts: ProcessorReceipts) => ProcessorReceipts,
  handlers: Partial<WireHandlers> = {},
): Promise<Serving> {
  const ledger = await LedgerBench.open()
  bench.onClose(() => ledger.remove())
  const receipts = new ProcessorReceipts({
    poolOf: (poolId) => ledger.ledger.pool(poolId),
    selfDeviceId: ledger.deviceId,
    accountId: ledger.identity.accountId,
    digestOf: () => 'sha256:paced',
    nowMs: Date.now,
  })
  const provider = await bench.provider(pace, {
    selfDeviceId: () => ledger.deviceId,
    receipts: sign?.(receipts) ?? receipts,
    handlers: { usage: (caller, call) => ledger.ledger.receive(caller, call), ...handlers },
  })
  return { ...provider, target: { ...provider.target, deviceId: ledger.deviceId }, ledger }
}

interface Asking {
  readonly gateway: Gateway
  readonly clients: ServiceClients
  readonly machines: TestMachines
  readonly ledger: LedgerBench
}

/** A gateway of another account that keeps receipts. */
async function asking(...targets: RemoteMachine[]): Promise<Asking> {
  const identity = newIdentity()
  const { accountId, deviceId, device } = identity
  const standing = { poolId: testPool, poolName: 'Friends', role: 'member', state: 'active' } as const
  bench.callers.set(deviceId, { deviceId, accountId, isOwnAccount: false, standings: [standing] })
  const clients = new ServiceClients({ dht: bench.dht(), deviceKeyPair: device, log: silentLog })
  const ledger = await LedgerBench.open({ identity, clients })
  const { machines } = ledger
  machines.set(...targets)
  const receipts = new GatewayReceipts({
    poolOf: (poolId) => ledger.ledger.pool(poolId),
    selfDeviceId: deviceId,
    accountId,
    nowMs: Date.now,
    log: silentLog,
  })
  const random = (): number => 0
  const gateway = new Gateway({
    local: null,
    machines,
    clients,
    selfDeviceId: deviceId,
    ...settledPools,
    limits: withoutKeyLimits,
    estimates: new PromptEstimates(),
    machineName: () => 'Gateway',
    log: silentLog,
    random,
    receipts,
  })
  await gateway.start()
  bench.onClose(async () => {
    await gateway.stop()
    await ledger.remove()
    await clients.stop()
  })
  return { gateway, clients, machines, ledger }
}

async function receiptsOf(side: { ledger: LedgerBench }, direction: UsageDirection): Promise<ReceiptView[]> {
  await side.ledger.ledger.settled()
  const range = { poolId: null, direction, fromMs: 0, toMs: Date.now() + 60_000, keyId: null, max: 500 }
  return side.ledger.ledger.queries.receipts(range)
}

/** Waits until a side has so many receipts, all signed by both. */
async function countersigned(
  side: { ledger: LedgerBench },
  direction: UsageDirection,
  count: number,
): Promise<ReceiptView[]> {
  for (const endMs = performance.now() + 10_000; performance.now() < endMs;) {
    const receipts = await receiptsOf(side, direction)
    if (receipts.length === count && receipts.every(({ state }) => state === 'countersigned')) return receipts
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`No ${count} countersigned receipts: ${JSON.stringify(await receiptsOf(side, direction))}`)
}

/** What both sides must agree on. */
async function agreed(serving: Serving, asking: Asking, count: number): Promise<ReceiptView[]> {
  const served = await countersigned(serving, 'served', count)
  const consumed = await countersigned(asking, 'consumed', count)
  const facts = (views: ReceiptView[]) => views.map(({ direction: _, ...rest }) => rest)
  expect(facts(served)).toEqual(facts(consumed))
  for (const [side, direction] of [
    [serving, 'served'],
    [asking, 'consumed'],
  ] as const) {
    const { queries: answers } = side.ledger.ledger
    const expected = {
      requests: count,
      completionTokens: served.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
      promptTokens: served.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    }
    expect(answers.today(direction)).toMatchObject(expected)
    expect(await answers.verify(null, month)).toEqual({ receipts: count, verified: count, problems: [] })
  }
  return served
}

describe('receipts of both sides', () => {
  it('agree with the engine when a generation is complete', async () => {
    const machine = await serving({ tokens: 40, tokenMs: 1 })
    const asker = await asking(machine.target)
    const heard = await hear(asker.gateway.ask(promptRequest(), never))
    expect(heard.last).toMatchObject({ type: 'end', usage: { promptTokens: 3, completionTokens: 40 } })
    expect(heard.parts.some(({ type }) => type === 'receipt')).toBe(false)
    const [receipt] = await agreed(machine, asker, 1)
    expect(receipt).toMatchObject({
      accountId: asker.ledger.identity.accountId,
      keyId: null,
      model: 'paced',
      modelDigest: 'sha256:paced',
      promptTokens: 3,
      completionTokens: 40,
      countedBy: 'engine',
      outcome: 'complete',
    })
  })

  it('count what a request had cost when it was stopped, and name its key', async () => {
    const machine = await serving({ tokens: 10_000, tokenMs: 2 })
    const asker = await asking(machine.target)
    const abort = new AbortController()
    const consumer = { accountId: asker.ledger.identity.accountId, keyId: '0123456789abcdef' as never }
    const heard = await hear(asker.gateway.ask(promptRequest('', { consumer }), abort.signal), (part) => {
      if (part.type === 'text') abort.abort()
    })
    const [receipt] = await agreed(machine, asker, 1)
    const usage = heard.last?.type === 'end' ? heard.last.usage : null
    expect(receipt).toMatchObject({ outcome: 'stopped', countedBy: 'engine', keyId: consumer.keyId, ...usage })
    expect(asker.ledger.ledger.lastUsedAtMs(consumer.keyId)).toBe(receipt?.finishedAtMs)
    expect(asker.ledger.ledger.queries.ofKey(testPool, consumer.keyId).today.requests).toBe(1)
  })

  it('count a generation that failed from its stream', async () => {
    const machine = await serving({ tokens: 10_000, tokenMs: 2 })
    const asker = await asking(machine.target)
    let tokens = 0
    const heard = await hear(asker.gateway.ask(promptRequest(), never), (part) => {
      if (part.type !== 'text') return
      tokens += part.tokens
      if (tokens < 5) return
      bench.isSharing = false
      machine.processor.enforce()
    })
    bench.isSharing = true
    expect(heard.code).toBe('sharing_off')
    const [receipt] = await agreed(machine, asker, 1)
    expect(receipt).toMatchObject({ outcome: 'failed', countedBy: 'stream' })
    // The prompt was read before the first word came: nobody counted it, so the estimate stands.
    expect(receipt?.promptTokens).toBeGreaterThan(0)
    expect(receipt?.completionTokens).toBeGreaterThanOrEqual(tokens)
    expect(asker.ledger.ledger.queries.today('consumed').failures).toBe(1)
  })

  it('hold both attempts where the first machine gave up', async () => {
    const first = await serving({ tokens: 5, tokenMs: 0, firstTokenMs: 60_000 })
    const second = await serving({ tokens: 5, tokenMs: 0 })
    const asker = await asking(first.target, second.target)
    const asked = promptRequest()
    const heard = await hear(asker.gateway.ask(asked, never), (part) => {
      if (part.type === 'reading') void first.processor.stop()
    })
    expect(heard.last).toMatchObject({ type: 'end', reason: 'stop' })
    const consumed = await countersigned(asker, 'consumed', 2)
    expect(consumed.map(({ attemptId, outcome }) => [attemptId, outcome])).toEqual([
      [`${asked.requestId}-2`, 'complete'],
      [`${asked.requestId}-1`, 'failed'],
    ])
    await countersigned(first, 'served', 1)
    await countersigned(second, 'served', 1)
  })

  it('are made for requests that the own machine runs, on one device', async () => {
    const machine = await serving({ tokens: 7, tokenMs: 0 })
    const { ledger, deviceId, identity } = machine.ledger
    const receipts = new GatewayReceipts({
      poolOf: (poolId) => ledger.pool(poolId),
      selfDeviceId: deviceId,
      accountId: identity.accountId,
      nowMs: Date.now,
      log: silentLog,
    })
    const gateway = new Gateway({
      local: machine.processor.local,
      machines: new TestMachines(),
      clients: bench.caller().clients,
      selfDeviceId: deviceId,
      ...settledPools,
      limits: withoutKeyLimits,
      estimates: new PromptEstimates(),
      machineName: () => 'Gateway',
      log: silentLog,
      receipts,
    })
    await gateway.start()
    await hear(gateway.ask(promptRequest(), never))
    await gateway.stop()
    for (const direction of ['served', 'consumed'] as const) {
      expect(await countersigned(machine, direction, 1)).toMatchObject([{ completionTokens: 7, outcome: 'complete' }])
      expect(ledger.queries.today(direction)).toMatchObject({ requests: 1, completionTokens: 7 })
    }
    expect(await ledger.queries.verify(null, month)).toEqual({ receipts: 1, verified: 1, problems: [] })
  })

  it('are the gateway’s alone when the machine is killed', async () => {
    const port = String(bench.bootstrap[0]?.port)
    const child = fork(join(outDir, 'killable-provider.js'), [port, testPool], { execArgv: [] })
    const [said] = (await once(child, 'message')) as [{ deviceId: DeviceId; serviceKey: string }]
    const template = (await bench.provider({ tokens: 1, tokenMs: 0 })).target
    const serviceKey = fromHex(said.serviceKey) ?? new Uint8Array(0)
    const asker = await asking({ ...template, deviceId: said.deviceId, serviceKey, name: 'Doomed' })
    let tokens = 0
    const heard = await hear(asker.gateway.ask(promptRequest(), never), (part) => {
      if (part.type !== 'text') return
      tokens += part.tokens
      if (tokens > 20) child.kill('SIGKILL')
    })
    expect(heard.code).toBe('machine_lost')
    const [receipt] = await receiptsOf(asker, 'consumed')
    expect(receipt).toMatchObject({
      state: 'gateway-attested',
      outcome: 'lost',
      countedBy: 'stream',
      completionTokens: tokens,
    })
    expect(await asker.ledger.ledger.queries.verify(null, month)).toMatchObject({ verified: 1, problems: [] })
  })

  it('agree again after a partition', async () => {
    const machine = await serving({ tokens: 10_000, tokenMs: 2 })
    const asker = await asking(machine.target)
    await hear(asker.gateway.ask(promptRequest(), never), (part) => {
      if (part.type !== 'text') return
      asker.machines.set()
      asker.clients.disconnect(machine.target.deviceId)
    })
    expect(await receiptsOf(asker, 'consumed')).toMatchObject([{ state: 'gateway-attested', outcome: 'lost' }])
    await machine.hub.idle()
    asker.machines.set(machine.target)
    expect(await agreed(machine, asker, 1)).toMatchObject([{ outcome: 'lost', countedBy: 'engine' }])
  })
})

/** A machine whose receipts say something else. */
function lying(change: (signed: SignedReceipt) => Partial<{ record: string; signature: Uint8Array }>) {
  return (receipts: ProcessorReceipts): ProcessorReceipts =>
    Object.assign(Object.create(receipts) as ProcessorReceipts, {
      begin: (...args: Parameters<ProcessorReceipts['begin']>) => {
        const honest = receipts.begin(...args)
        return (
          honest && {
            lost: () => honest.lost(),
            close: () => honest.close(),
            follow: (part: Parameters<typeof honest.follow>[0]) =>
              honest.follow(part).map((one) => (one.type === 'receipt' ? { ...one, ...change(one as never) } : one)),
          }
        )
      },
    })
}

/** A machine whose receipts are honest, and whose last part is not. */
async function servingLies(pace: Pace, usage: (truth: TokenUsage) => TokenUsage): Promise<Serving> {
  const late: { processor?: Processor } = {}
  const failure = { type: 'failed', error: kithError('machine_lost', { machine: '' }), usage: null } as const
  const processRequest: GenerationHandler = {
    admit(caller, request) {
      const started = late.processor?.admit(caller, request) ?? fail('shutting_down', { machine: '' })
      return started.ok ? ok((signal) => lyingParts(started.value(signal), { usage }, failure)) : started
    },
  }
  const machine = await serving(pace, undefined, { processRequest })
  late.processor = machine.processor
  return machine
}

describe('receipts that lie', () => {
  it.each<[string, (truth: TokenUsage) => TokenUsage]>([
    ['too much', (truth) => ({ ...truth, completionTokens: 5_000_000 })],
    ['the largest number', (truth) => ({ ...truth, completionTokens: Number.MAX_SAFE_INTEGER })],
    ['nothing', () => ({ promptTokens: 0, completionTokens: 0 })],
  ])('tell what a machine said when it said %s, and what was counted; it is asked last', async (_, lie) => {
    const liar = await servingLies({ tokens: 100, tokenMs: 0 }, lie)
    const honest = await serving({ tokens: 100, tokenMs: 0 })
    const asker = await asking(liar.target, honest.target)
    const { last } = await hear(asker.gateway.ask(promptRequest(), never))
    expect(last).toMatchObject({ type: 'end', usage: { completionTokens: 100 } })
    const [receipt] = await receiptsOf(asker, 'consumed')
    expect(receipt).toMatchObject({ state: 'gateway-attested', countedBy: 'stream', completionTokens: 100 })
    expect(receipt?.said).toEqual(lie({ promptTokens: 3, completionTokens: 100 }))
    expect(asker.ledger.ledger.queries.today('consumed')).toMatchObject({ completionTokens: 100 })
    // Its own receipt, which comes later, does not take the place of what was counted.
    await expect.poll(() => asker.ledger.ledger.pool(testPool)?.owed().length, { timeout: 10_000 }).toBe(0)
    expect(await receiptsOf(asker, 'consumed')).toMatchObject([{ state: 'gateway-attested' }])
    await hear(asker.gateway.ask(promptRequest(), never))
    expect([liar.hub.prompts.length, honest.hub.prompts.length]).toEqual([1, 1])
  })

  it('are not countersigned: the gateway says alone what it saw, and what they said where they are signed', async () => {
    const keys: Uint8Array[] = []
    const inflated = lying(({ record }) => {
      const changed = record.replace(',3,9,', ',3,9000,')
      const [secretKey] = keys
      return {
        record: changed,
        ...(secretKey && { signature: sign('kith/receipt/1', bytesOfText(changed), secretKey) }),
      }
    })
    const machine = await serving({ tokens: 9, tokenMs: 0 }, inflated)
    const asker = await asking(machine.target)
    for (const said of [null, { promptTokens: 3, completionTokens: 9_000 }]) {
      await hear(asker.gateway.ask(promptRequest(), never))
      const [newest] = await receiptsOf(asker, 'consumed')
      expect(newest).toMatchObject({ state: 'gateway-attested', completionTokens: 9, countedBy: 'engine', said })
      keys.push(machine.ledger.identity.device.secretKey)
    }
  })

  it('from a gateway are refused, and nothing of them is kept', async () => {
    const machine = await serving({ tokens: 9, tokenMs: 0 })
    const asker = await asking(machine.target)
    const thief = await asking(machine.target)
    await hear(asker.gateway.ask(promptRequest(), never))
    const [receipt] = await countersigned(machine, 'served', 1)
    const { deviceId } = thief.ledger
    const pool = thief.ledger.ledger.pool(testPool)
    if (!receipt || !pool) throw new Error('No receipt')
    // A request that never was, and one that another gateway had.
    const names = { ...receipt, gatewayDeviceId: deviceId, accountId: thief.ledger.identity.accountId }
    const bounds = { promptTokens: 10, completionTokens: 10 }
    await pool.attested(
      { ...names, attemptId: `${'f'.repeat(32)}-1` as never, requestId: 'f'.repeat(32) as never },
      bounds,
    )
    await pool.attested({ ...receipt, gatewayDeviceId: asker.ledger.deviceId }, bounds)
    await expect.poll(() => pool.owed().length, { timeout: 10_000 }).toBe(0)
    expect(await receiptsOf(machine, 'served')).toHaveLength(1)
    expect(machine.ledger.ledger.queries.today('served').requests).toBe(1)
  })

  it('for another account need the gateway role', async () => {
    const machine = await serving({ tokens: 9, tokenMs: 0 })
    const asker = await asking(machine.target)
    const consumer = { accountId: machine.ledger.identity.accountId, keyId: null }
    expect((await hear(asker.gateway.ask(promptRequest('', { consumer }), never))).code).toBe('gateway_role_needed')
    expect(await receiptsOf(machine, 'served')).toEqual([])
  })
})
