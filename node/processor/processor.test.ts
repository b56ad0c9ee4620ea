import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountId } from '../contract/ids.ts'
import type { Capabilities } from '../protocol/machines.ts'
import { hear, never, promptRequest, ServiceBench } from '../protocol/testing/service-bench.ts'

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(() => bench.close())

describe('a processor', () => {
  it('ends running and waiting requests of others when sharing is switched off, and none of the owner’s', async () => {
    const { target, hub, processor } = await bench.provider({ tokens: 400, tokenMs: 5, slots: 2 })
    const { clients } = bench.caller()
    const own = hear(processor.local.ask(promptRequest('own'), never))
    let switched = false
    const running = hear(clients.ask(target, 'processRequest', promptRequest('running'), never), (part) => {
      if (part.type !== 'text' || switched) return
      switched = true
      bench.isSharing = false
      processor.enforce()
    })
    const waiting = hear(clients.ask(target, 'processRequest', promptRequest('waiting'), never))
    expect((await running).code).toBe('sharing_off')
    expect((await waiting).code).toBe('sharing_off')
    expect((await own).last).toMatchObject({ type: 'end', reason: 'stop' })
    expect(hub.prompts).not.toContain('waiting')
    const refused = await hear(clients.ask(target, 'processRequest', promptRequest(), never))
    expect(refused.code).toBe('sharing_off')
    bench.isSharing = true
  })

  it('ends the requests of a member at once when they are suspended', async () => {
    const { target, hub, processor } = await bench.provider({ tokens: 10_000, tokenMs: 5 })
    const { clients, deviceId } = bench.caller()
    const heard = await hear(clients.ask(target, 'processRequest', promptRequest(), never), (part) => {
      if (part.type !== 'text') return
      bench.admit(deviceId, 'suspended')
      processor.enforce()
    })
    expect(heard.code).toBe('member_suspended')
    await hub.idle()
  })

  it('serves the owner with sharing off', async () => {
    const { processor } = await bench.provider({ tokens: 3, tokenMs: 0 }, { isSharing: () => false })
    expect((await hear(processor.local.ask(promptRequest(), never))).code).toBeNull()
  })

  it('serves the key of somebody else at its own gateway as it serves others', async () => {
    let isSharing = false
    const owner = 'aa'.repeat(32) as AccountId
    const { processor } = await bench.provider(
      { tokens: 400, tokenMs: 5 },
      { isSharing: () => isSharing, isOwnAccount: (accountId) => accountId === owner },
    )
    const by = (accountId: AccountId) => promptRequest('', { consumer: { accountId, keyId: null } })
    const other = by('bb'.repeat(32) as AccountId)
    expect((await hear(processor.local.ask(other, never))).code).toBe('sharing_off')
    isSharing = true
    const running = await hear(processor.local.ask(other, never), (part) => {
      if (part.type !== 'text') return
      isSharing = false
      processor.enforce()
    })
    expect(running.code).toBe('sharing_off')
    expect((await hear(processor.local.ask(by(owner), never))).code).toBeNull()
  })

  it('reports places in the queue and refuses when it is full', async () => {
    const limits = { waiting: 64, waitingPerAccount: 2 }
    const { target } = await bench.provider({ tokens: 5, tokenMs: 10 }, { limits })
    const { clients } = bench.caller()
    const heard = await Promise.all(
      [1, 2, 3, 4].map((count) => hear(clients.ask(target, 'processRequest', promptRequest(`${count}`), never))),
    )
    const places = heard.map(({ parts }) => parts.flatMap((part) => (part.type === 'accepted' ? [part.place] : [])))
    expect(places).toEqual([[0], [1, 0], [2, 1, 0], []])
    expect(heard.map(({ code }) => code)).toEqual([null, null, null, 'queue_full'])
  })

  it('lets fifty requests of one account wait their turn, and drops at once what is left behind', async () => {
    const { target, hub, processor } = await bench.provider({ tokens: 2, tokenMs: 2 })
    const { clients } = bench.caller()
    const left = new AbortController()
    const heard = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const signal = index < 40 ? never : left.signal
        return hear(clients.ask(target, 'processRequest', promptRequest(`${index}`), signal), (part) => {
          if (index === 49 && part.type === 'accepted') left.abort()
        })
      }),
    )
    const ends = heard.map(({ last }) => (last?.type === 'end' ? last.reason : last?.type))
    expect(ends).toEqual(Array.from({ length: 50 }, (_, index) => (index < 40 ? 'stop' : 'stopped')))
    expect(hub.prompts.filter((prompt) => Number(prompt) >= 40)).toEqual([])
    expect(processor.local.load()).toMatchObject({ active: 0, waiting: 0 })
  })

  it('pushes what it can do in numbered snapshots within 250 ms, and no models while it does not share', async () => {
    let isSharing = true
    const { processor } = await bench.provider({ tokens: 3, tokenMs: 0 }, { isSharing: () => isSharing })
    const before = processor.capabilities()
    const said = new Promise<Capabilities>((resolve) => processor.onCapabilities(resolve))
    isSharing = false
    const switchedMs = performance.now()
    processor.enforce()
    const after = await said
    expect(performance.now() - switchedMs).toBeLessThan(250)
    expect(after).toMatchObject({ isSharing: false, models: [], runId: before.runId })
    expect(after.sequence).toBeGreaterThan(before.sequence)
    await processor.start()
    expect(processor.capabilities().runId).not.toBe(before.runId)
  })

  it('tells those it leaves in the middle of a generation that it is closing', async () => {
    const { target, processor, server } = await bench.provider({ tokens: 10_000, tokenMs: 5 })
    let stopped: Promise<void> | undefined
    const heard = await hear(bench.caller().clients.ask(target, 'processRequest', promptRequest(), never), (part) => {
      if (part.type === 'text') stopped ??= processor.stop().then(() => server.stop())
    })
    expect(heard.code).toBe('shutting_down')
    await stopped
  })

  it('refuses new requests while it drains, and says that it is closing', async () => {
    const { target, processor } = await bench.provider({ tokens: 40, tokenMs: 5 })
    const { clients } = bench.caller()
    let draining: Promise<void> | undefined
    const first = await hear(clients.ask(target, 'processRequest', promptRequest(), never), () => {
      draining ??= processor.drain(AbortSignal.timeout(5_000))
    })
    expect(first.code).toBeNull()
    expect((await hear(clients.ask(target, 'processRequest', promptRequest(), never))).code).toBe('shutting_down')
    await draining
  })

  it('goes on with what runs for others while it drains, whatever changes, and waits for nothing else', async () => {
    const { target, hub, processor } = await bench.provider({ tokens: 10_000, tokenMs: 5, slots: 2 })
    const own = new AbortController()
    const ofOwner = hear(processor.local.ask(promptRequest('own'), own.signal))
    await expect.poll(() => hub.active).toBe(1)
    hub.pace = { tokens: 40, tokenMs: 5 }
    let draining: Promise<void> | undefined
    const heard = await hear(bench.caller().clients.ask(target, 'processRequest', promptRequest(), never), () => {
      draining ??= processor.drain(AbortSignal.timeout(5_000))
      processor.enforce()
    })
    expect(heard.code).toBeNull()
    await draining
    expect(hub.active).toBe(1)
    own.abort()
    await ofOwner
  })

  it('says that no engine here has the model', async () => {
    const { processor } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const heard = await hear(processor.local.ask({ ...promptRequest(), model: 'another' }, never))
    expect(heard.code).toBe('model_unknown')
  })

  it('drains no longer than it may, although an engine hangs', async () => {
    const { target, processor } = await bench.provider({ tokens: 40, tokenMs: 5, stallAfter: 3 })
    const hearing = hear(bench.caller().clients.ask(target, 'processRequest', promptRequest(), never))
    await expect.poll(() => processor.forOthers).toBe(1)
    await processor.drain(AbortSignal.timeout(200))
    expect(processor.forOthers).toBe(1)
    await processor.stop()
    expect((await hearing).code).toBe('shutting_down')
  })
})
