import { setTimeout as sleep } from 'node:timers/promises'
import RPC from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCall, decodeReply } from '../messages/call-encoding.ts'
import { encodeSignedRequest } from '../messages/signed-request.ts'
import { callNames } from '../methods.ts'
import { protocolVersion } from '../version.ts'
import { pacedText } from '../testing/paced-hub.ts'
import {
  hear,
  never,
  promptRequest,
  ServiceBench,
  type CallingDevice,
  type Provider,
} from '../testing/service-bench.ts'

let bench: ServiceBench
let provider: Provider
let caller: CallingDevice
beforeAll(async () => {
  bench = await ServiceBench.open()
  provider = await bench.provider({ tokens: 5, tokenMs: 0 })
  caller = bench.caller()
})
afterAll(() => bench.close())

async function codeOf(who: CallingDevice, changes: Parameters<typeof promptRequest>[1] = {}): Promise<string | null> {
  const heard = await hear(who.clients.ask(provider.target, 'processRequest', promptRequest('hello', changes), never))
  return heard.code
}

/** A connection that sends what our own client never would. */
function rawClient(from: CallingDevice): ReturnType<RPC['connect']> {
  const rpc = new RPC({ dht: bench.dht(), keyPair: from.keyPair, valueEncoding: raw })
  bench.onClose(() => rpc.destroy({ force: true }))
  return rpc.connect(provider.target.serviceKey, { keyPair: from.keyPair })
}

describe('a service', () => {
  it('does not let strangers connect', async () => {
    expect(await codeOf(bench.caller('stranger'))).toBe('machine_unreachable')
  })

  it('refuses a suspended member, a lapsed one and all when its directory is old, each by name', async () => {
    expect(await codeOf(bench.caller('suspended'))).toBe('member_suspended')
    expect(await codeOf(bench.caller('lapsed'))).toBe('provisional_lapsed')
    expect(await codeOf(bench.caller('stale'))).toBe('directory_stale')
    expect(await codeOf(bench.caller('provisional'))).toBeNull()
  })

  it('refuses a pool the device is not in', async () => {
    expect(await codeOf(caller, { poolId: 'bb'.repeat(32) as never })).toBe('not_admitted')
  })

  it('refuses a model it does not have', async () => {
    expect(await codeOf(caller, { model: 'unheard-of' })).toBe('no_model')
  })

  it('refuses a conversation that cannot fit, and one too large for the wire', async () => {
    const long = [{ role: 'user', text: 'x'.repeat(1_900_000) }] as const
    expect(await codeOf(caller, { turns: [...long, ...long] })).toBe('context_too_long')
    expect(await codeOf(caller, { turns: [...long, ...long, ...long] })).toBe('too_large')
  })

  it('refuses an oversize call that another client sends, and goes on', async () => {
    const client = rawClient(caller)
    const body = new Uint8Array(5 * 1024 * 1024)
    const reply = decodeReply(
      await client.request('processRequest', encodeCall({ body, signature: body.subarray(0, 64) })),
    )
    expect(reply).toMatchObject({ ok: false, error: { code: 'too_large' } })
    expect(await codeOf(caller)).toBeNull()
  })

  it('names the version when it is not its own', async () => {
    const client = rawClient(caller)
    for (const version of [protocolVersion - 1, protocolVersion + 1]) {
      const call = encodeCall({ body: new Uint8Array(3), signature: new Uint8Array(64) }, version)
      for (const method of ['processRequest', ...callNames]) {
        expect(decodeReply(await client.request(method, call))).toMatchObject({ error: { code: 'version_mismatch' } })
      }
    }
  })

  it('refuses a request that was sent before, from the same device', async () => {
    const request = promptRequest()
    const first = await hear(caller.clients.ask(provider.target, 'processRequest', request, never))
    expect(first.text).toBe(pacedText(5))
    const again = await hear(caller.clients.ask(provider.target, 'processRequest', request, never))
    expect(again).toMatchObject({ code: 'bad_request', text: '' })
  })

  it('refuses a request signed by another device', async () => {
    const other = bench.caller()
    const call = encodeSignedRequest(promptRequest(), other.keyPair.secretKey)
    const reply = await rawClient(caller).request('processRequest', call.ok ? call.value : new Uint8Array(0))
    expect(decodeReply(reply)).toMatchObject({ ok: false, error: { code: 'bad_request' } })
  })

  it('closes a connection that keeps sending what cannot be read', async () => {
    const client = rawClient(caller)
    const closed = new Promise((resolve) => client.on('close', resolve))
    const unreadable = Uint8Array.of(protocolVersion, 0xff)
    await Promise.allSettled(Array.from({ length: 8 }, () => client.request('ping', unreadable)))
    await closed
  })

  it('answers calls of members alone', async () => {
    expect(await caller.clients.call(provider.target, 'ping', {})).toEqual({ ok: true, value: {} })
    expect(await bench.caller('suspended').clients.call(provider.target, 'ping', {})).toMatchObject({
      error: { code: 'not_admitted' },
    })
  })

  it('says which methods it does not serve, and knows none but those of the table', async () => {
    const { clients } = caller
    const receipt = { record: 'r', processor: null, gateway: null }
    expect(await clients.call(provider.target, 'usage', { receipts: [receipt] })).toMatchObject({
      error: { code: 'unknown_call', details: { name: 'usage' } },
    })
    expect(await hear(clients.ask(provider.target, 'processPrompt', promptRequest(), never))).toMatchObject({
      code: 'unknown_call',
    })
    const empty = encodeCall({ body: Buffer.from('{}'), signature: new Uint8Array(0) })
    await expect(rawClient(caller).request('no such method', empty)).rejects.toMatchObject({ code: 'UNKNOWN_METHOD' })
  })

  it('lets a device open only so many connections, and says so', async () => {
    const crowd = bench.caller()
    for (let count = 0; count < 4; count++) {
      expect(
        await rawClient(crowd).request('ping', encodeCall({ body: new Uint8Array(1), signature: new Uint8Array(1) })),
      )
    }
    expect(await codeOf(crowd)).toBe('too_many_connections')
  })

  it('closes the connection of a device that is no longer known', async () => {
    const leaver = bench.caller()
    expect(await codeOf(leaver)).toBeNull()
    const client = rawClient(leaver)
    await client.stream.opened
    const closed = new Promise((resolve) => client.on('close', resolve))
    bench.callers.delete(leaver.deviceId)
    provider.server.enforce()
    await closed
    expect(await codeOf(leaver)).toBe('machine_unreachable')
  })

  it('drops an accepted call whose channel never comes', async () => {
    const { target, processor } = await bench.provider({ tokens: 5, tokenMs: 0 }, { channelDeadlineMs: 50 })
    const rpc = new RPC({ dht: bench.dht(), keyPair: caller.keyPair, valueEncoding: raw })
    bench.onClose(() => rpc.destroy({ force: true }))
    const client = rpc.connect(target.serviceKey, { keyPair: caller.keyPair })
    const call = encodeSignedRequest(promptRequest(), caller.keyPair.secretKey)
    expect(decodeReply(await client.request('processRequest', call.ok ? call.value : new Uint8Array(0))).ok).toBe(true)
    await sleep(60)
    expect(processor.local.load()).toMatchObject({ active: 0, waiting: 0 })
  })
})
