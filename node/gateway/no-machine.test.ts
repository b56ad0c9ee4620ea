import { describe, expect, it, vi } from 'vitest'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import type { Capabilities, RemoteMachine } from '../protocol/machines.ts'
import { sortMachines, type GatedMachine, type GateReason } from './candidates.ts'
import { KnownModels, type KnownMachine } from './known-models.ts'
import { noMachine } from './no-machine.ts'

const poolId = 'aa'.repeat(32) as PoolId
const model = 'llama'
const selfDeviceId = 'cc'.repeat(32) as DeviceId
const nothingKept = { read: () => Promise.resolve([]), keep: () => undefined, written: () => Promise.resolve() }

function machine(name: string, changes: Partial<RemoteMachine> = {}): RemoteMachine {
  const deviceId = Buffer.from(name.padEnd(32, '.')).toString('hex') as DeviceId
  return { deviceId, serviceKey: new Uint8Array(32), name, poolIds: [poolId], capabilities: null, ...changes }
}

function offering(isSharing: boolean, ...models: string[]): Capabilities {
  const load = { slots: 1, activeAnswers: 0, waitingAnswers: 0 }
  const shown = models.map((name) => ({ name, engine: 'ollama' }) as Capabilities['models'][number])
  return { runId: 'run', sequence: 1, machineName: '', isSharing, models: shown, ...load }
}

describe('the gates', () => {
  it('give each machine that cannot take a request its reason', () => {
    const known = new KnownModels(nothingKept)
    known.note([machine('Asleep', { capabilities: offering(true, model) })])
    const machines = [
      machine('Ready', { capabilities: offering(true, model) }),
      machine('Elsewhere', { poolIds: [] }),
      machine('Tried', { capabilities: offering(true, model) }),
      machine('Silent'),
      machine('Asleep', { capabilities: offering(false) }),
      machine('Private', { capabilities: offering(false) }),
      machine('Other', { capabilities: offering(true, 'qwen') }),
    ]
    const tried = new Set([machine('Tried').deviceId])
    const { candidates, gated } = sortMachines(null, machines, {
      ...{ poolId, model, tried, isLocalTried: false, known },
      isDoubted: (deviceId) => deviceId === machines[0]?.deviceId,
    })
    expect(candidates).toEqual([{ kind: 'remote', machine: machines[0], isDoubted: true, model }])
    expect(gated.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      'Elsewhere: not_in_pool',
      'Tried: tried',
      'Silent: silent',
      'Asleep: sharing_off',
      'Private: no_model',
      'Other: no_model',
    ])
  })

  it('know a model of Ollama by any of its names, and pass on the one that it has there', () => {
    const machines = [machine('Ready', { capabilities: offering(true, 'Llama:latest') })]
    const gates = {
      poolId,
      model,
      tried: new Set<DeviceId>(),
      known: new KnownModels(nothingKept),
      isDoubted: () => false,
    }
    const { candidates } = sortMachines(null, machines, { ...gates, isLocalTried: false })
    expect(candidates).toMatchObject([{ model: 'Llama:latest' }])
  })

  it('are for this computer too', () => {
    const gates = {
      poolId,
      model,
      tried: new Set<DeviceId>(),
      known: new KnownModels(nothingKept),
      isDoubted: () => false,
    }
    const local = {
      models: () => [{ name: model, engine: 'embedded' }],
      load: () => ({ active: 0, waiting: 0, slots: 1 }),
    } as never
    expect(sortMachines(local, [], { ...gates, isLocalTried: false }).candidates).toHaveLength(1)
    expect(sortMachines(local, [], { ...gates, isLocalTried: true }).gated).toMatchObject([{ reason: 'tried' }])
    const other = sortMachines(local, [], { ...gates, model: 'qwen', isLocalTried: false })
    expect(other.gated).toMatchObject([{ reason: 'no_model' }])
  })
})

describe('a request that no machine can take', () => {
  const gated = (...reasons: GateReason[]): GatedMachine[] => reasons.map((reason, at) => ({ name: `M${at}`, reason }))
  const missing = { model, isKnown: true, away: null }
  const away = { pool: 'Friends', members: ['mia', 'jo'] }

  it('says that nobody is online where that is so', () => {
    const error = noMachine({ ...missing, gated: gated('not_in_pool'), away })
    expect(error).toMatchObject({ code: 'nobody_online', details: { pool: 'Friends', members: 'mia, jo' } })
    // A name that nobody has ever had stays wrong when they come back.
    const misspelt = noMachine({ ...missing, gated: gated('not_in_pool'), away, isKnown: false })
    expect(misspelt).toMatchObject({ code: 'model_not_found' })
  })

  it('tells of the machine that was nearest to taking it', () => {
    const off = noMachine({ ...missing, gated: gated('no_model', 'silent', 'sharing_off', 'sharing_off') })
    expect(off).toMatchObject({ code: 'sharing_off', details: { machine: 'M2' } })
    const silent = noMachine({ ...missing, gated: gated('not_in_pool', 'no_model', 'silent'), isKnown: false })
    expect(silent).toMatchObject({ code: 'machine_unreachable', details: { machine: 'M2' } })
    for (const reasons of [['no_model', 'tried'], ['not_in_pool'], []] satisfies GateReason[][])
      expect(noMachine({ ...missing, gated: gated(...reasons) })).toMatchObject({
        code: 'no_model',
        details: { model },
      })
  })

  it('is one for a model that is away, or for one that nobody has ever had', () => {
    const known = new KnownModels(nothingKept)
    const asleep = machine('Asleep', { capabilities: offering(true, 'Llama:latest') })
    known.note([asleep])
    known.noteOwn(selfDeviceId, [{ name: 'mine', engine: 'embedded' }])
    // Its engine is not running now.
    known.noteOwn(selfDeviceId, [{ name: 'other', engine: 'ollama' }])
    expect(known.has(poolId, 'llama')).toBe(true)
    expect(known.has(poolId, 'mine')).toBe(true)
    expect(known.has('bb'.repeat(32) as PoolId, 'llama')).toBe(false)
    const isKnown = known.has(poolId, 'lama')
    expect(noMachine({ ...missing, gated: gated('no_model'), isKnown })).toMatchObject({ code: 'model_not_found' })
    known.note([{ ...asleep, capabilities: offering(true) }])
    expect(known.has(poolId, 'llama')).toBe(false)
  })

  it('knows in the next run what it knew in the last', async () => {
    const kept = new Map<DeviceId, KnownMachine>()
    const keptMachines = {
      read: () => Promise.resolve([...kept.values()]),
      keep: (one: KnownMachine) => void kept.set(one.deviceId, one),
      written: () => Promise.resolve(),
    }
    const first = new KnownModels(keptMachines)
    const asleep = machine('Asleep', { capabilities: offering(true, 'Llama:latest') })
    first.note([asleep])
    const keep = vi.spyOn(keptMachines, 'keep')
    first.note([asleep])
    expect(keep).not.toHaveBeenCalled()
    const second = new KnownModels(keptMachines)
    await second.open()
    expect(second.has(poolId, 'llama')).toBe(true)
    expect(second.had(asleep.deviceId, 'llama')).toBe(true)
  })
})
