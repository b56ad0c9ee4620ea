import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import DHT from 'hyperdht'
import { Listeners } from '../base/listeners.ts'
import { kithError } from '../contract/errors.ts'
import type { DeviceId } from '../contract/ids.ts'
import { ok } from '../contract/result.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'
import type { MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { pacedText } from '../protocol/testing/paced-hub.ts'
import {
  hear,
  never,
  promptRequest,
  ServiceBench,
  silentLog,
  type CallingDevice,
} from '../protocol/testing/service-bench.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import { createRemoteGateway } from './remote-gateway.ts'
import { settledPools, withoutKeyLimits } from './testing/permissive.ts'
import { withoutReceipts } from '../processor/testing/permissive.ts'

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(() => bench.close())

/** Machines as a test sets them. */
class Machines implements MachineDirectory {
  #listeners = new Listeners()
  constructor(private machines: readonly RemoteMachine[]) {}
  list = (): readonly RemoteMachine[] => this.machines
  set(machines: readonly RemoteMachine[]): void {
    this.machines = machines
    this.#listeners.emit()
  }
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }
}

async function gatewayTo(
  machines: Machines,
  asker: CallingDevice,
  options: Partial<GatewayOptions> = {},
): Promise<Gateway> {
  const { clients, deviceId: selfDeviceId } = asker
  // The lowest random number makes the first of two equal machines the one that is asked.
  const random = (): number => 0
  const gateway = new Gateway({
    ...{ local: null, machines, clients, selfDeviceId, log: silentLog, random, machineName: () => 'Gateway' },
    ...settledPools,
    ...{ limits: withoutKeyLimits, estimates: new PromptEstimates(), receipts: withoutReceipts },
    ...options,
  })
  await gateway.start()
  return gateway
}

const accepted = { type: 'accepted', deviceId: 'ee'.repeat(32) as DeviceId, machineName: 'Engine', place: 0 } as const

async function* parts(...all: ServedPart[]): AsyncGenerator<ServedPart, void, undefined> {
  yield* all
}

/** A machine that is in the list but not on the network. */
function ghost(like: RemoteMachine): RemoteMachine {
  return { ...like, deviceId: 'ee'.repeat(32) as never, serviceKey: DHT.keyPair().publicKey, name: 'Ghost' }
}

describe('a gateway', () => {
  it('moves on to another machine when the first cannot be reached', async () => {
    const { target } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const gateway = await gatewayTo(new Machines([ghost(target), target]), bench.caller())
    const heard = await hear(gateway.ask(promptRequest(), never))
    expect(heard.text).toBe(pacedText(5))
    expect(heard.parts.find((part) => part.type === 'accepted')).toMatchObject({ deviceId: target.deviceId })
  })

  it('fails with the loss when the machine goes after its first token', async () => {
    const { target } = await bench.provider({ tokens: 1_000, tokenMs: 5 })
    const spare = await bench.provider({ tokens: 5, tokenMs: 0 })
    const asker = bench.caller()
    const gateway = await gatewayTo(new Machines([target, spare.target]), asker)
    const heard = await hear(gateway.ask(promptRequest(), never), (part) => {
      if (part.type === 'text') asker.clients.disconnect(target.deviceId)
    })
    expect(heard.code).toBe('machine_lost')
    expect(spare.hub.prompts).toEqual([])
  })

  it('says that sharing is off where the machine that had the model has stopped', async () => {
    const { target, processor } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const machines = new Machines([target])
    const gateway = await gatewayTo(machines, bench.caller())
    machines.set([{ ...target, capabilities: { ...processor.capabilities(), isSharing: false, models: [] } }])
    expect((await hear(gateway.ask(promptRequest(), never))).code).toBe('sharing_off')
    expect((await hear(gateway.ask(promptRequest('', { model: 'other' }), never))).code).toBe('model_not_found')
    machines.set([])
    expect((await hear(gateway.ask(promptRequest(), never))).code).toBe('no_model')
  })

  it.each(['engine_refused', 'context_too_long'] as const)(
    'asks no other machine about a request that an engine refuses: %s, with all that it says',
    async (code) => {
      const refusal = kithError(code, { engine: 'Ollama', reason: 'no', limit: 5, tokens: 6 })
      const refused = { type: 'failed', error: refusal, usage: null } as const
      const handler = { admit: () => ok(() => parts(accepted, { type: 'reading' }, refused)) }
      const { target } = await bench.provider({ tokens: 0, tokenMs: 0 }, { handlers: { processRequest: handler } })
      const spare = await bench.provider({ tokens: 5, tokenMs: 0 })
      const gateway = await gatewayTo(new Machines([target, spare.target]), bench.caller())
      const { last } = await hear(gateway.ask(promptRequest(), never))
      expect(last).toEqual(refused)
      expect(spare.hub.prompts).toEqual([])
    },
  )

  it('passes on to another machine what chooses tokens, and that nobody has named a length', async () => {
    const { target, hub } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const gateway = await gatewayTo(new Machines([target]), bench.caller())
    const sampling = { topP: 0.5, seed: -7, presencePenalty: 1, frequencyPenalty: -1, stop: ['\n', 'end'] }
    await hear(gateway.ask(promptRequest('', { sampling, mayShorten: true }), never))
    await hear(gateway.ask(promptRequest('', { maxTokens: 9 }), never))
    expect(hub.requests).toMatchObject([
      { sampling, maxTokens: null },
      { sampling: undefined, maxTokens: 9 },
    ])
  })

  it('waits for a machine that has not said yet what it can do, but not for ever', async () => {
    const { target } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const silent = { ...target, capabilities: null }
    const machines = new Machines([silent])
    const gateway = await gatewayTo(machines, bench.caller(), { machineWaitMs: 300 })
    const answer = hear(gateway.ask(promptRequest(), never))
    machines.set([target])
    expect((await answer).code).toBeNull()
    machines.set([silent])
    expect((await hear(gateway.ask(promptRequest(), never))).code).toBe('machine_unreachable')
    machines.set([])
    expect((await hear(gateway.ask(promptRequest(), never))).code).toBe('no_model')
    expect(gateway.knows(promptRequest().poolId, 'paced')).toBe(true)
  })

  it('prefers this computer, and asks another when this one is busy', async () => {
    const other = await bench.provider({ tokens: 5, tokenMs: 0 })
    const own = await bench.provider({ tokens: 50, tokenMs: 5 })
    const { local } = own.processor
    const gateway = await gatewayTo(new Machines([other.target]), bench.caller(), { local })
    let second: ReturnType<typeof hear> | undefined
    await hear(gateway.ask(promptRequest('mine'), never), () => {
      second ??= hear(gateway.ask(promptRequest('theirs'), never))
    })
    expect((await second)?.code).toBeNull()
    expect([own.hub.prompts, other.hub.prompts]).toEqual([['mine'], ['theirs']])
  })

  it('serves the other devices of its account, and nobody else', async () => {
    const { target } = await bench.provider({ tokens: 5, tokenMs: 0 })
    const gateway = await gatewayTo(new Machines([target]), bench.caller())
    const box = await bench.provider({ tokens: 0, tokenMs: 0 }, { handlers: { processPrompt: gateway } })
    const phone = bench.caller()
    const ask = () => hear(createRemoteGateway(phone.clients, () => box.target).ask(promptRequest(), never))
    expect((await ask()).code).toBe('not_admitted')
    bench.admit(phone.deviceId, 'active', true)
    const heard = await ask()
    expect(heard.text).toBe(pacedText(5))
    expect(heard.parts[0]).toMatchObject({ type: 'accepted', deviceId: target.deviceId })
  })

  it('stops a request that waits for a machine', async () => {
    const gateway = await gatewayTo(new Machines([]), bench.caller(), { isConnecting: () => true })
    const abort = new AbortController()
    const answer = hear(gateway.ask(promptRequest(), abort.signal))
    abort.abort()
    expect((await answer).code).toBe('stopped')
  })
})

it('leaves nothing out that keeps a gateway safe: only what tests set has a default', () => {
  type Optional = { [K in keyof GatewayOptions]-?: undefined extends GatewayOptions[K] ? K : never }
  expectTypeOf<Optional[keyof GatewayOptions]>().toEqualTypeOf<'deadlines' | 'machineWaitMs' | 'random'>()
})
