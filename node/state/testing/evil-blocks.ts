import type { Bee } from '../bee.ts'

/** A node as it lies in a block: blocks of its keys, and blocks and offsets of its children. */
export interface RawNode {
  readonly keys: readonly number[]
  readonly children?: readonly (readonly [sequence: number, offset: number])[]
}

export interface RawBlock {
  readonly key: string
  /** Null for a removal. */
  readonly value?: unknown
  readonly nodes: readonly RawNode[]
}

/** Encodes a block as Hyperbee would, whatever it says. */
export function encodeBlock({ key, value = 1, nodes }: RawBlock): Uint8Array {
  const index = Buffer.concat(
    nodes.map(({ keys, children = [] }) =>
      field(1, Buffer.concat([field(1, packed(keys), true), field(2, packed(children.flat()), true)])),
    ),
  )
  const text = value === null ? Buffer.alloc(0) : field(3, Buffer.from(JSON.stringify(value)))
  return Buffer.concat([field(1, index), field(2, Buffer.from(key)), text])
}

function field(number: number, bytes: Uint8Array, isOmittedIfEmpty = false): Buffer {
  if (isOmittedIfEmpty && bytes.byteLength === 0) return Buffer.alloc(0)
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.byteLength), bytes])
}

function packed(numbers: readonly number[]): Buffer {
  return Buffer.concat(numbers.map(varint))
}

function varint(number: number): Buffer {
  const bytes: number[] = []
  let rest = number
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}

/** Where the keys of attacks lie, unless they are to lie elsewhere. */
const usualPrefix = 'v1/k/'
const name = (number: number): string => usualPrefix + String(number).padStart(6, '0')
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
/** Blocks that only hold a key, as the early ones of a batch may. */
const keysFrom = (from: number, count: number): RawBlock[] =>
  times(count, (index) => ({ key: name(from + index), nodes: [] }))
const sameChild = (count: number, sequence: number, offset = 0): [number, number][] =>
  times(count, () => [sequence, offset])

/** Levels of nodes that all lead to the one below: `9 ** levels` ways down. */
function lattice(from: number, levels: number): RawBlock[] {
  const keys = times(8, (index) => from + index)
  const leaf: RawBlock = { key: name(from + 8), nodes: [{ keys }] }
  const above = times(levels, (level): RawBlock => ({
    key: name(from + 9 + level),
    nodes: [{ keys, children: sameChild(9, from + 8 + level) }],
  }))
  return [...keysFrom(from, 8), leaf, ...above]
}

/**
 * What a device may write into its own bee to harm whoever reads it, by name: blocks to append to a core that has `from`
 * blocks, in one go. The last one is the root that readers begin at.
 */
export const evilBlocks = {
  'a node that is its own child': (from) => [{ key: name(1), nodes: [{ keys: [from], children: sameChild(2, from) }] }],
  'two nodes of a block that lead to each other': (from) => [
    {
      key: name(1),
      nodes: [
        { keys: [from], children: sameChild(2, from, 1) },
        { keys: [from], children: sameChild(2, from) },
      ],
    },
  ],
  'two blocks that lead to each other': (from) => [
    { key: name(1), nodes: [{ keys: [from], children: sameChild(2, from + 1) }] },
    { key: name(2), nodes: [{ keys: [from], children: sameChild(2, from) }] },
  ],
  'a lattice with as many ways down as there are atoms': (from) => lattice(from, 12),
  'a lattice that two versions differ in': (from) => [...lattice(from, 12), ...lattice(from + 21, 12)],
  'a lattice of nodes in one block': (from) => [
    ...keysFrom(from, 8),
    {
      key: name(from + 8),
      nodes: times(13, (level) => ({
        keys: times(8, (index) => from + index),
        ...(level < 12 ? { children: sameChild(9, from + 8, level + 1) } : {}),
      })),
    },
  ],
  'a chain without end': (from) =>
    times(400, (index) => ({
      key: name(999_999 - index),
      nodes: [{ keys: [from + index], ...(index > 0 ? { children: sameChild(2, from + index - 1) } : {}) }],
    })),
  'a chain of nodes without keys': (from) =>
    times(400, (index) => ({
      key: name(index),
      nodes: [{ keys: [], ...(index > 0 ? { children: sameChild(1, from + index - 1) } : {}) }],
    })),
  'a key of a later block': (from) => [{ key: name(1), nodes: [{ keys: [from + 5] }] }],
  'a child in a later block': (from) => [{ key: name(1), nodes: [{ keys: [from], children: sameChild(2, from + 5) }] }],
  'a child in a block beyond all cores': (from) => [
    { key: name(1), nodes: [{ keys: [from], children: sameChild(2, 2 ** 52) }] },
  ],
  'a key of the very first block': () => [{ key: name(1), nodes: [{ keys: [0] }] }],
  'keys that fall': (from) => [...keysFrom(from, 2), { key: name(from + 2), nodes: [{ keys: [from + 1, from] }] }],
  'a key twice': (from) => [...keysFrom(from, 1), { key: name(from + 1), nodes: [{ keys: [from, from] }] }],
  'a child whose keys belong elsewhere': (from) => [
    ...keysFrom(from, 4),
    { key: name(from + 4), nodes: [{ keys: [from + 3] }] },
    {
      key: name(from + 5),
      nodes: [
        {
          keys: [from + 1],
          children: [
            [from + 4, 0],
            [from + 4, 0],
          ],
        },
      ],
    },
  ],
  'too many keys': (from) => [
    ...keysFrom(from, 9),
    { key: name(from + 9), nodes: [{ keys: times(9, (index) => from + index) }] },
  ],
  'a hundred thousand keys': (from) => [{ key: name(1), nodes: [{ keys: times(100_000, () => from) }] }],
  'a hundred thousand children': (from) => [
    { key: name(1), nodes: [{ keys: [from], children: sameChild(100_000, 1) }] },
  ],
  'a hundred thousand nodes': (from) => [{ key: name(1), nodes: times(100_000, () => ({ keys: [from] })) }],
  'more children than keys allow': (from) => [{ key: name(1), nodes: [{ keys: [from], children: sameChild(3, 1) }] }],
  'a child that its block does not have': (from) => [
    {
      key: name(1),
      nodes: [
        {
          keys: [from],
          children: [
            [1, 7],
            [1, 7],
          ],
        },
      ],
    },
  ],
  'a root that is not there': () => [{ key: name(1), nodes: [] }],
  'a removal that a key leads to': (from) => [{ key: name(1), value: null, nodes: [{ keys: [from] }] }],
  'a key of a hundred thousand letters': (from) => [{ key: `v1/${'k'.repeat(100_000)}`, nodes: [{ keys: [from] }] }],
} as const satisfies Record<string, (from: number) => RawBlock[]>

export type BeeAttack = keyof typeof evilBlocks
export const beeAttacks = Object.keys(evilBlocks) as BeeAttack[]

/** Bytes that are no block at all, each appended by itself. */
export const noBlocks: readonly Uint8Array[] = [
  Buffer.alloc(0),
  Buffer.from('not a block'),
  Buffer.alloc(64, 0xff),
  // Groups, which no field of a bee is, and fields that are cut off.
  Buffer.from([0x0b, 0x0b, 0x0b]),
  Buffer.from([0x0a, 0x7f, 0x01]),
  Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  Buffer.concat([encodeBlock({ key: 'v1/a', nodes: [] }), Buffer.from([0x12, 0x00])]),
  Buffer.alloc(2 * 1024 * 1024),
]

/**
 * Appends an attack to a bee that the attacker writes, in one go: everybody who replicates it has it then.
 *
 * Against whole peers, `bee` is `pool.bees.own('member').bee` of an admitted device, one of its usage bees, or a manager's
 * directory. They list only what they know, so that the keys have to lie under a prefix that they list.
 */
export function attackBee(bee: Bee, attack: BeeAttack, prefix = usualPrefix): Promise<void> {
  const blocks: readonly RawBlock[] = evilBlocks[attack](bee.core.length)
  const moved = blocks.map((block) => ({ ...block, key: block.key.replace(usualPrefix, prefix) }))
  return appendBlocks(bee, moved.map(encodeBlock))
}

/**
 * Appends blocks to a bee as they are. From here on the attacker's own program reads nothing of it, as Hyperbee would go
 * round for ever there too.
 */
export async function appendBlocks(bee: Bee, blocks: readonly Uint8Array[]): Promise<void> {
  const blinded: Pick<Bee, 'get' | 'list' | 'update' | 'put' | 'moveTo' | 'changes' | 'differences'> = {
    get: () => Promise.resolve(null),
    list: () => Promise.resolve([]),
    update: () => Promise.resolve(),
    put: () => Promise.resolve(),
    moveTo: () => Promise.resolve(),
    changes: (version) => Promise.resolve({ changes: [], version }),
    differences: (version) => Promise.resolve({ differences: [], version }),
  }
  Object.assign(bee, blinded)
  await bee.core.append(blocks)
}
