import { describe, expect, it } from 'vitest'
import { fakeIds } from '../../testing/fake-peer/fake-ids.ts'
import { fakeMachine, fakeModel, fakePool } from '../../testing/fake-peer/fake-state.ts'
import { chosenPool, modelOptions } from './model-options.ts'

const { poolId } = fakePool('Garden Street')
const me = fakeIds.account('mira')
const qwen = fakeModel('qwen3:8b')

describe('models on offer', () => {
  it('say who could read a question', () => {
    const machines = [
      fakeMachine('Studio PC', 'jonas', { poolIds: [poolId], models: [qwen, fakeModel('llama')] }),
      fakeMachine('Desktop', 'mira', { poolIds: [poolId], models: [qwen] }),
    ]
    const options = modelOptions([fakeModel('gemma')], machines, poolId, me)
    expect(
      options.map((option) => [option.name, option.isOnThisComputer, option.isOnlyOthers, option.readers]),
    ).toEqual([
      ['gemma', true, false, []],
      ['llama', false, true, ['jonas']],
      ['qwen3:8b', false, false, ['jonas']],
    ])
    expect(options[2]?.others[0]?.name).toBe('Desktop')
  })

  it('come only from computers that share, are connected and belong to the pool', () => {
    const machines = [
      fakeMachine('A', 'jonas', { poolIds: [poolId], models: [qwen], isSharing: false }),
      fakeMachine('B', 'jonas', { poolIds: [poolId], models: [qwen], connection: 'offline' }),
      fakeMachine('C', 'jonas', { poolIds: [fakePool('Other').poolId], models: [qwen] }),
    ]
    expect(modelOptions([], machines, poolId, me)).toEqual([])
  })

  it('are looked for in the pool last chosen, else in one shared with people', () => {
    const devices = fakePool('My devices', { kind: 'devices' })
    const shared = fakePool('Garden Street')
    expect(chosenPool([devices, shared], null)).toBe(shared)
    expect(chosenPool([devices, shared], devices.poolId)).toBe(devices)
    expect(chosenPool([], null)).toBeNull()
  })
})
