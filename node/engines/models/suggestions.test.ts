import { describe, expect, it } from 'vitest'
import type { EngineName, Model } from '../../contract/state.ts'
import { catalogue } from './catalogue.ts'
import { readMebibytes } from './graphics-memory.ts'
import { suggestModels, type MachineRoom } from './suggestions.ts'

const gb = 1_000_000_000
const room = (memory: number, graphics: number | null = null, disk: number | null = 500): MachineRoom => ({
  memoryBytes: memory * gb,
  graphicsBytes: graphics === null ? null : graphics * gb,
  diskBytes: disk === null ? null : disk * gb,
})

function present(name: string, engine: EngineName, size: number): Model {
  return { name, engine, digest: '', sizeBytes: size * gb, contextTokens: null, isLoaded: false }
}
const qwen = present('qwen3:4b', 'ollama', 2.6)
const tiny = present('smollm2:135m', 'ollama', 0.27)
const large = present('llama3.3:70b', 'ollama', 43)
const embedding = present('nomic-embed-text', 'ollama', 0.27)
const served = present('my-server-model', 'server', 0)
const ownSmallest = present('Gemma 3 270M', 'embedded', 0.25)

const smallest = 'gemma-3-270m-q4-k-m'

/** The first of the order, in short. */
function first(given: MachineRoom, here: readonly Model[], count = 1): string[] {
  return suggestModels({ room: given, catalogue, present: here })
    .slice(0, count)
    .map((one) => (one.kind === 'present' ? `${one.engine}: ${one.name}` : one.catalogueId))
}

describe('the model that is suggested', () => {
  it.each<[what: string, room: MachineRoom, present: readonly Model[], order: readonly string[]]>([
    ['half a GB of memory: the smallest is all that fits', room(0.5), [], [smallest]],
    ['2 GB', room(2), [], ['qwen2.5-1.5b-instruct-q4-k-m', 'gemma-3-1b-it-q4-k-m']],
    ['8 GB, without a graphics card', room(6), [], ['qwen3-4b-instruct-2507-q4-k-m', 'gemma-3-4b-it-q4-k-m']],
    // What is larger fits, but a processor alone writes it too slowly.
    ['24 GB, without a graphics card', room(22), [], ['qwen3-4b-instruct-2507-q4-k-m', 'gemma-3-4b-it-q4-k-m']],
    ['32 GB and a card of 12 GB', room(28, 12), [], ['gemma-3-12b-it-q4-k-m', 'qwen3-4b-instruct-2507-q4-k-m']],
    ['little memory, but a card of 8 GB', room(3, 8), [], ['qwen3-4b-instruct-2507-q4-k-m']],
    [
      '24 GB, with 1 GB of disk left',
      room(22, null, 1),
      [],
      ['gemma-3-1b-it-q4-k-m', 'qwen2.5-0.5b-instruct-q4-k-m', smallest],
    ],
    ['24 GB, and a disk that does not say', room(22, null, null), [], ['qwen3-4b-instruct-2507-q4-k-m']],
    ['Ollama has one that fits', room(22), [qwen], ['ollama: qwen3:4b', 'qwen3-4b-instruct-2507-q4-k-m']],
    ['Ollama has only a tiny one', room(22), [tiny], ['qwen3-4b-instruct-2507-q4-k-m']],
    ['Ollama has one that is too large', room(22), [large], ['qwen3-4b-instruct-2507-q4-k-m']],
    ['Ollama has one that cannot answer', room(22), [embedding], ['qwen3-4b-instruct-2507-q4-k-m']],
    ['a server has one', room(22), [served], ['server: my-server-model']],
    ['the smallest was downloaded', room(22), [ownSmallest], ['qwen3-4b-instruct-2507-q4-k-m']],
    ['a tiny one is here, and nothing else fits', room(0.4), [tiny], ['ollama: smollm2:135m']],
    ['nothing fits', room(0.2), [], []],
  ])('%s', (_, given, here, order) => {
    expect(first(given, here, order.length || 1)).toEqual(order)
  })

  it('is never the smallest where a better one fits', () => {
    const order = first(room(22, 12), [], 50)
    expect(order.at(-1)).toBe(smallest)
    expect(new Set(order).size).toBe(order.length)
  })

  it('leaves out what is here already', () => {
    const entry = catalogue.find(({ catalogueId }) => catalogueId === 'qwen3-4b-instruct-2507-q4-k-m')
    const here = { ...present('Qwen3 4B Instruct', 'embedded', 2.5), digest: entry?.sha256 ?? '' }
    expect(first(room(22), [here], 50)).toEqual([
      'embedded: Qwen3 4B Instruct',
      ...first(room(22), [], 50).filter((one) => one !== entry?.catalogueId),
    ])
  })
})

describe('the catalogue', () => {
  it('has one smallest, and each file once', () => {
    expect(catalogue.filter(({ isSmallest }) => isSmallest).map(({ catalogueId }) => catalogueId)).toEqual([smallest])
    for (const key of ['catalogueId', 'sha256', 'name'] as const) {
      expect(new Set(catalogue.map((entry) => entry[key])).size).toBe(catalogue.length)
    }
  })

  it('needs more memory for each model than its file has', () => {
    expect(catalogue.filter(({ memoryBytes, sizeBytes }) => memoryBytes <= sizeBytes)).toEqual([])
  })
})

it('reads the memory of graphics cards as the driver says it', () => {
  expect(readMebibytes('24564\n8192\n')).toEqual([24_564 * 1_048_576, 8_192 * 1_048_576])
  expect(readMebibytes('No devices were found\n')).toEqual([])
})
