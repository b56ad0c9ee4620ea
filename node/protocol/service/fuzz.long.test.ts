import { once } from 'node:events'
import RPC, { type RpcClient } from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import DHT from 'hyperdht'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonBytes } from '../messages/bytes.ts'
import { encodeCall, encodeReply } from '../messages/call-encoding.ts'
import { encodeCallerFrame, servedParts } from '../messages/frames.ts'
import type { AccountId, KeyId } from '../../contract/ids.ts'
import type { LeaseQuotaCall } from '../messages/lease-messages.ts'
import type { RemoteMachine } from '../machines.ts'
import { callNames, generationNames, methodNames } from '../methods.ts'
import { encodeSignedRequest } from '../messages/signed-request.ts'
import { deviceIdOf } from './service-connection.ts'
import { Fuzzer, hostileMessage, throwOnce, type FuzzTarget } from '../testing/fuzzer.ts'
import { pacedText } from '../testing/paced-hub.ts'
import {
  hear,
  never,
  promptRequest,
  ServiceBench,
  testPool,
  type CallingDevice,
  type Provider,
} from '../testing/service-bench.ts'
import { beatProtocol, tokenProtocol } from '../version.ts'
import { fromHex } from '../../crypto/encoding.ts'
import { sign } from '../../crypto/sign.ts'

/** KITH_FUZZ_SEED repeats a failure; KITH_FUZZ_MS sets how long each side is thrown at. */
const seed = Number(process.env['KITH_FUZZ_SEED'] ?? 20_261_123)
const durationMs = Number(process.env['KITH_FUZZ_MS'] ?? 16_000)
const throwsPerConnection = 40

let bench: ServiceBench
const uncaught: unknown[] = []
const note = (cause: unknown): void => void uncaught.push(cause)
beforeAll(async () => {
  bench = await ServiceBench.open()
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
})
afterAll(async () => {
  await bench.close()
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
})

const methods = [...methodNames, 'no such method']
const protocols = [tokenProtocol, beatProtocol, 'protomux-rpc']
const callerFrames = [encodeCallerFrame({ type: 'credit', bytes: 1_000 }), encodeCallerFrame({ type: 'cancel' })]
const usage = { promptTokens: 3, completionTokens: 70_000 }
const leaseCall: LeaseQuotaCall = {
  type: 'exchange',
  subject: { kind: 'key', poolId: testPool, accountId: 'cd'.repeat(32) as AccountId, keyId: 'ef'.repeat(8) as KeyId },
  incarnation: '12'.repeat(16),
  sequence: 7,
  shareNumber: 0,
  cells: [{ name: 'tokensPerDay', startMs: 1, held: 3, used: 2, reserved: 1 }],
  needs: [{ tokens: 100, leastTokens: 20 }],
  vouchers: [],
  carried: [{ sequence: 3, tokens: 20 }],
  isLeaving: false,
}
const partFrames = [
  servedParts.encode({ type: 'accepted', deviceId: 'ab'.repeat(32) as never, machineName: 'Machine', place: 3 }),
  servedParts.encode({ type: 'reading' }),
  servedParts.encode({ type: 'text', text: 'some text 😀', tokens: 3 }),
  servedParts.encode({ type: 'end', reason: 'length', usage }),
  servedParts.encode({ type: 'failed', error: { code: 'queue_full', message: '', details: { machine: 'x' } }, usage }),
]

describe(`random and mutated frames (seed ${seed})`, () => {
  it('do no harm to a peer that serves', { timeout: durationMs + 60_000 }, async () => {
    const fuzzer = new Fuzzer(seed)
    const provider = await bench.provider({ tokens: 20, tokenMs: 0, slots: 4 })
    const attacker = bench.caller()
    const rpc = new RPC({ dht: bench.dht(), keyPair: attacker.keyPair, valueEncoding: raw })
    bench.onClose(() => rpc.destroy({ force: true }))
    const endMs = performance.now() + durationMs
    let connections = 0
    while (performance.now() < endMs) {
      await attack(rpc.connect(provider.target.serviceKey, { keyPair: attacker.keyPair }), attacker, fuzzer)
      connections += 1
      if (connections % 20 === 0) await expectAlive(provider)
    }
    await expectAlive(provider)
    expect(connections).toBeGreaterThan(20)
    expect(uncaught, `seed ${seed}`).toEqual([])
  })

  it('do no harm to a peer that calls', { timeout: durationMs + 60_000 }, async () => {
    const fuzzer = new Fuzzer(seed + 1)
    const provider = await bench.provider({ tokens: 20, tokenMs: 0, slots: 4 })
    const caller = bench.caller('active', {
      deadlines: { connectMs: 1_000, acceptMs: 100, firstTokenMs: 100, betweenTokensMs: 100 },
    })
    const machine = await hostileMachine(fuzzer)
    const endMs = performance.now() + durationMs
    let rounds = 0
    while (performance.now() < endMs) {
      await hear(caller.clients.ask(machine, fuzzer.pick(generationNames), promptRequest(), never))
      await caller.clients.call(machine, fuzzer.pick(callNames), { receipts: [], ...leaseCall })
      rounds += 1
    }
    expect(rounds).toBeGreaterThan(20)
    await expectAlive(provider, caller)
    expect(uncaught, `seed ${seed + 1}`).toEqual([])
  })
})

/** Throws calls, channels and frames at the other end of one connection until it ends or is thrown enough. */
async function attack(client: RpcClient, attacker: CallingDevice, fuzzer: Fuzzer): Promise<void> {
  const closed = once(client, 'close')
  await client.stream.opened
  const samples = [...callerFrames, ...validCalls(attacker)]
  const target: FuzzTarget = { stream: client.stream, mux: client.mux, protocols, samples }
  for (let count = 0; count < throwsPerConnection && !client.stream.destroying; count++) {
    if (fuzzer.random() < 0.2) void client.request('processRequest', signedGarbage(attacker, fuzzer)).catch(ignored)
    else if (fuzzer.random() < 0.4)
      void client.request(fuzzer.pick(methods), hostileMessage(fuzzer, samples)).catch(ignored)
    else if (fuzzer.random() < 0.3) hostileGeneration(client, attacker, fuzzer)
    else throwOnce(target, fuzzer)
    if (fuzzer.random() < 0.3) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.race([client.stream.writableLength > 0 ? once(client.stream, 'drain') : null, closed])
  client.destroy()
  await closed
}

/** A request the peer accepts, and then garbage on its token channel. */
function hostileGeneration(client: RpcClient, attacker: CallingDevice, fuzzer: Fuzzer): void {
  const request = promptRequest()
  const call = encodeSignedRequest(request, attacker.keyPair.secretKey)
  if (!call.ok) return
  void client.request('processRequest', call.value).catch(ignored)
  const channel = client.mux.createChannel<Uint8Array>({
    protocol: tokenProtocol,
    id: fromHex(request.requestId),
    handshake: raw,
  })
  const message = channel?.addMessage<Uint8Array>({ encoding: raw })
  channel?.open(fuzzer.bytes())
  for (let count = fuzzer.below(4); count > 0; count--) message?.send(hostileMessage(fuzzer, callerFrames))
}

/** A member may sign anything: the body is garbage, the signature is not. */
function signedGarbage(attacker: CallingDevice, fuzzer: Fuzzer): Uint8Array {
  const body = hostileMessage(fuzzer, [jsonBytes(promptRequest())])
  return encodeCall({ body, signature: sign('kith/request/1', body, attacker.keyPair.secretKey) })
}

function validCalls(attacker: CallingDevice): Uint8Array[] {
  const signed = encodeSignedRequest(promptRequest(), attacker.keyPair.secretKey)
  const empty = encodeCall({ body: Buffer.from('{}'), signature: new Uint8Array(0) })
  const lease = encodeCall({ body: jsonBytes(leaseCall), signature: new Uint8Array(0) })
  return signed.ok ? [signed.value, empty, lease] : [empty, lease]
}

/** A machine that answers every call with garbage, or takes it and sends garbage on its channel. */
async function hostileMachine(fuzzer: Fuzzer): Promise<RemoteMachine> {
  const keyPair = DHT.keyPair()
  const rpc = new RPC({ dht: bench.dht(), keyPair, valueEncoding: raw })
  bench.onClose(() => rpc.destroy())
  const server = rpc.createServer()
  const replies = [
    encodeReply({ ok: true, value: Buffer.from('{}') }),
    encodeReply({ ok: true, value: new Uint8Array(0) }),
  ]
  for (const method of methodNames) {
    server.respond(method, () =>
      Promise.resolve(fuzzer.random() < 0.5 ? fuzzer.pick(replies) : hostileMessage(fuzzer, replies)),
    )
  }
  server.on('connection', ({ stream, mux }) => {
    mux.pair({ protocol: tokenProtocol }, (id) => {
      const channel = mux.createChannel<Uint8Array>({ protocol: tokenProtocol, id, handshake: raw })
      const message = channel?.addMessage<Uint8Array>({ encoding: raw })
      channel?.open(fuzzer.bytes())
      for (const frame of partFrames.slice(0, fuzzer.below(4))) message?.send(frame)
      for (let count = fuzzer.below(5); count > 0; count--) message?.send(hostileMessage(fuzzer, partFrames))
      if (fuzzer.random() < 0.3) throwOnce({ stream, mux, protocols, samples: partFrames }, fuzzer)
      if (fuzzer.random() < 0.3) channel?.close()
    })
  })
  await server.listen(keyPair)
  return {
    deviceId: deviceIdOf(keyPair.publicKey),
    serviceKey: keyPair.publicKey,
    name: 'Hostile',
    poolIds: [testPool],
    capabilities: null,
  }
}

async function expectAlive(provider: Provider, caller = bench.caller()): Promise<void> {
  const heard = await hear(caller.clients.ask(provider.target, 'processRequest', promptRequest(), never))
  expect(heard, `seed ${seed}`).toMatchObject({ code: null, text: pacedText(20) })
  expect(uncaught, `seed ${seed}`).toEqual([])
}

function ignored(): void {
  // The attacker does not care what its calls are answered.
}
