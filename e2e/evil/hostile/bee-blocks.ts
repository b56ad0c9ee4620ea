/** Blocks of a Hyperbee as bytes, right or wrong: the honest encoder refuses to write what is written here. */

/** Where a child lies: the block, and the place of its level in that block. */
export type ChildPlace = readonly [block: number, level: number]

export interface Level {
  /** Blocks that hold the keys of this tree node. */
  readonly keys: readonly number[]
  readonly children: readonly ChildPlace[]
}

/** One block: the tree nodes written with it, its key and its value. */
export function beeBlock(levels: readonly Level[], key: string, value: unknown = 'x'): Uint8Array {
  const index = Buffer.concat(levels.map((level) => field(1, levelBytes(level))))
  return Buffer.concat([field(1, index), field(2, Buffer.from(key)), field(3, Buffer.from(JSON.stringify(value)))])
}

function levelBytes({ keys, children }: Level): Buffer {
  return Buffer.concat([field(1, varints(keys)), field(2, varints(children.flat()))])
}

/** A length-delimited field of Protocol Buffers. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.byteLength), bytes])
}

function varints(numbers: readonly number[]): Buffer {
  return Buffer.concat(numbers.map(varint))
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}
