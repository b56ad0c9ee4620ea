import type { Hypercore } from 'hypercore'
import { readTreeBlock, type NodeReference, type TreeBlock, type TreeNode } from './tree-block.ts'
import { malformed } from './unlawful-core.ts'

/** A tree of 2^24 keys has 11 levels, as Hyperbee keeps at least four keys in all nodes but the root. */
export const maxDepth = 16

/** A node, and how many nodes lie above it. */
export interface PlacedNode extends TreeNode {
  readonly depth: number
}

/**
 * Reads the tree in the first blocks of a core, and follows no reference that Hyperbee would not write.
 *
 * - A node's children lie in its own block or in earlier ones, and its keys' blocks are never later than its own. Within
 *   a block any order is lawful: Hyperbee rearranges the nodes of a batch.
 * - Every node but the root has a key, and none lies deeper than `maxDepth`.
 *
 * So each way down ends. What a block holds beside the tree is not judged: a batch may leave nodes behind that nothing
 * leads to, with references to later blocks.
 */
export class TreeReader {
  readonly #fork: number

  constructor(
    private readonly core: Hypercore,
    readonly version: number,
  ) {
    this.#fork = core.fork
  }

  /** Null for an empty tree. */
  async root(): Promise<PlacedNode | null> {
    if (this.version <= 1) return null
    const node = await this.#node({ sequence: this.version - 1, offset: 0 }, 0)
    if (node.keys.length > 0) return node
    return node.children.length === 0 ? null : malformed(`block ${node.sequence} has an empty node`)
  }

  /** Follows a reference in a node that was read here. */
  async child(parent: PlacedNode, reference: NodeReference): Promise<PlacedNode> {
    const node = await this.#node(reference, parent.depth + 1)
    if (node.keys.length === 0) malformed(`block ${node.sequence} has an empty node`)
    return node
  }

  /** One block; waits until a peer has sent it, as long as any read does. */
  async block(sequence: number): Promise<TreeBlock> {
    const block = await this.#read(sequence, {})
    if (!block) throw new Error(`Block ${sequence} is not here`)
    return block
  }

  /** The same without waiting; null where it is not here. */
  blockHere(sequence: number): Promise<TreeBlock | null> {
    return this.#read(sequence, { wait: false })
  }

  /** The record under a key; null if there is none. */
  async get(key: Uint8Array): Promise<TreeBlock | null> {
    let node = await this.root()
    while (node) {
      const { place, found } = await this.search(node, key)
      if (found) return found
      const reference = node.children[place]
      node = reference ? await this.child(node, reference) : null
    }
    return null
  }

  /** Where a key belongs among the keys of a node: the place of the first that is not before it. */
  async search(node: TreeNode, key: Uint8Array): Promise<{ place: number; found: TreeBlock | null }> {
    let low = 0
    let high = node.keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      const block = await this.block(node.keys[middle] ?? 0)
      const order = Buffer.compare(key, block.key)
      if (order === 0) return { place: middle, found: block }
      if (order < 0) high = middle
      else low = middle + 1
    }
    return { place: low, found: null }
  }

  async #node({ sequence, offset }: NodeReference, depth: number): Promise<PlacedNode> {
    if (depth >= maxDepth) malformed(`block ${sequence} lies too deep`)
    const { nodes } = await this.block(sequence)
    const node = nodes[offset] ?? malformed(`block ${sequence} has no node ${offset}`)
    const names = [...node.keys, ...node.children.map((child) => child.sequence)]
    if (names.some((name) => name < 1 || name > sequence)) malformed(`block ${sequence} names a later block`)
    return { ...node, depth }
  }

  async #read(sequence: number, options: { wait?: boolean }): Promise<TreeBlock | null> {
    const bytes = await this.core.get(sequence, options)
    // Blocks before and after a truncation do not fit together, and that is nobody's fault.
    if (this.core.fork !== this.#fork) throw new Error('The core was truncated while it was read')
    return bytes && readTreeBlock(sequence, bytes)
  }
}
