import { malformed } from './unlawful-core.ts'

/** Place of a node: the block that holds it, and which of the block's nodes it is. */
export interface NodeReference {
  readonly sequence: number
  readonly offset: number
}

/** One node of the tree. Keys are named by the block that wrote them. */
export interface TreeNode extends NodeReference {
  readonly keys: readonly number[]
  /** None, or one more than keys. */
  readonly children: readonly NodeReference[]
}

/** One block of a bee: the record of one change, and the nodes that the change rewrote. */
export interface TreeBlock {
  readonly sequence: number
  readonly key: Uint8Array
  /** Null for a removal. */
  readonly value: Uint8Array | null
  readonly nodes: readonly TreeNode[]
}

/** Hyperbee splits a node before it has more keys. */
export const maxKeys = 8
/**
 * A change rewrites the nodes on its way down, and at most as many beside them. Fewer are left in a block of a batch,
 * and none at all where later changes of the batch rewrote them again.
 */
export const maxNodes = 64
/** Largest block: a record of 1 MiB, its key, and its nodes. */
export const maxBlockBytes = 1024 * 1024 + 64 * 1024
/** A key is short text. */
const maxKeyBytes = 4_096

// Field number and wire type, as in Hyperbee's schema (lib/messages.js): all fields are byte strings.
const blockFields = { index: 0x0a, key: 0x12, value: 0x1a }
const indexFields = { node: 0x0a }
const nodeFields = { keys: 0x0a, children: 0x12 }

/**
 * Reads a block as Hyperbee 2 encodes it, byte for byte; `records_malformed` for any other.
 *
 * Checks the block alone. What its nodes refer to is checked where a reference is followed (tree-reader.ts).
 */
export function readTreeBlock(sequence: number, bytes: Uint8Array): TreeBlock {
  if (bytes.byteLength > maxBlockBytes) malformed(`block ${sequence} is too large`)
  const fields = new Fields(sequence, bytes)
  const index = fields.take(blockFields.index) ?? malformed(`block ${sequence} has no index`)
  const key = fields.take(blockFields.key) ?? malformed(`block ${sequence} has no key`)
  const value = fields.take(blockFields.value)
  fields.end()
  if (key.byteLength > maxKeyBytes) malformed(`block ${sequence} has too long a key`)
  return { sequence, key, value, nodes: readNodes(sequence, index) }
}

function readNodes(sequence: number, index: Uint8Array): TreeNode[] {
  const fields = new Fields(sequence, index)
  const nodes: TreeNode[] = []
  for (let node = fields.take(indexFields.node); node; node = fields.take(indexFields.node)) {
    if (nodes.length === maxNodes) malformed(`block ${sequence} has too many nodes`)
    nodes.push(readNode(sequence, nodes.length, node))
  }
  fields.end()
  return nodes
}

function readNode(sequence: number, offset: number, bytes: Uint8Array): TreeNode {
  const fields = new Fields(sequence, bytes)
  const keys = readNumbers(sequence, fields.take(nodeFields.keys), maxKeys)
  const places = readNumbers(sequence, fields.take(nodeFields.children), 2 * (maxKeys + 1))
  fields.end()
  if (places.length > 0 && places.length !== 2 * (keys.length + 1)) malformed(`block ${sequence} has a lopsided node`)
  const children = Array.from({ length: places.length / 2 }, (_, child) => ({
    sequence: places[2 * child] ?? 0,
    offset: places[2 * child + 1] ?? 0,
  }))
  return { sequence, offset, keys, children }
}

function readNumbers(sequence: number, bytes: Uint8Array | null, max: number): number[] {
  const numbers: number[] = []
  if (!bytes) return numbers
  const fields = new Fields(sequence, bytes)
  while (!fields.isAtEnd) {
    if (numbers.length === max) malformed(`block ${sequence} has too large a node`)
    numbers.push(fields.number())
  }
  return numbers
}

/** Reads Protocol Buffers fields in their order; anything unexpected ends the reading. */
class Fields {
  #at = 0

  constructor(
    private readonly sequence: number,
    private readonly bytes: Uint8Array,
  ) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.byteLength
  }

  /** The next field, if it is this one; else null. */
  take(tag: number): Uint8Array | null {
    if (this.bytes[this.#at] !== tag) return null
    this.#at += 1
    const length = this.number()
    const start = this.#at
    if (length > this.bytes.byteLength - start) malformed(`block ${this.sequence} is cut off`)
    this.#at = start + length
    return this.bytes.subarray(start, this.#at)
  }

  number(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.bytes[this.#at] ?? malformed(`block ${this.sequence} is cut off`)
      this.#at += 1
      value += (byte & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER) malformed(`block ${this.sequence} names a place beyond all cores`)
      if (byte < 0x80) return value
      factor *= 0x80
      // Without a bound, a run of empty bytes would never get large.
      if (factor > Number.MAX_SAFE_INTEGER) malformed(`block ${this.sequence} names a place beyond all cores`)
    }
  }

  end(): void {
    if (!this.isAtEnd) malformed(`block ${this.sequence} has more fields than a bee's`)
  }
}
