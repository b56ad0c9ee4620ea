import type { NodeReference, TreeBlock } from './tree-block.ts'
import type { PlacedNode, TreeReader } from './tree-reader.ts'
import { malformed } from './unlawful-core.ts'

/** What comes next in a tree: a key, or the node that holds all keys up to the next one. */
export type Head =
  | { readonly kind: 'key'; readonly sequence: number }
  | { readonly kind: 'node'; readonly reference: NodeReference; readonly depth: number }

interface Frame {
  readonly node: PlacedNode
  /** Even places are children, odd ones keys. */
  place: number
  /** Blocks of the keys that are already being read. */
  readonly ahead: readonly Promise<TreeBlock>[]
}

export interface CursorStart {
  /** The first key, or in reverse the key before which reading starts. */
  readonly from: Uint8Array
  readonly isReverse: boolean
}

/**
 * Moves through a tree in the order of its keys, or in reverse.
 *
 * Keys that do not rise (in reverse: fall) end the reading, so that nodes which several others lead to are not read again
 * and again: every node has a key, and a second visit would meet it a second time.
 */
export class TreeCursor {
  readonly #stack: Frame[] = []
  readonly #step: 1 | -1
  #last: Uint8Array
  #isFirst = true
  #peeked: TreeBlock | null = null
  /** How many nodes were entered. */
  entered = 0

  private constructor(
    private readonly reader: TreeReader,
    { from, isReverse }: CursorStart,
  ) {
    this.#step = isReverse ? -1 : 1
    this.#last = from
  }

  static async open(reader: TreeReader, start: CursorStart): Promise<TreeCursor> {
    const { from, isReverse } = start
    const cursor = new TreeCursor(reader, start)
    let node = await reader.root()
    while (node) {
      const { place, found } = await reader.search(node, from)
      const frame = { node, place: found && !isReverse ? 2 * place + 1 : 2 * place, ahead: [] }
      cursor.#stack.push(frame)
      cursor.entered += 1
      const reference = found && !isReverse ? undefined : node.children[place]
      if (!reference) break
      frame.place += cursor.#step
      node = await reader.child(node, reference)
    }
    cursor.#settle()
    return cursor
  }

  get head(): Head | null {
    const top = this.#stack.at(-1)
    if (!top) return null
    const { node, place } = top
    const sequence = place % 2 === 1 ? node.keys[(place - 1) / 2] : undefined
    if (sequence !== undefined) return { kind: 'key', sequence }
    const reference = node.children[place / 2]
    return reference ? { kind: 'node', reference, depth: node.depth + 1 } : null
  }

  /** Goes into the node that comes next. */
  async enter(): Promise<void> {
    const top = this.#stack.at(-1)
    const { head } = this
    if (!top || head?.kind !== 'node') throw new Error('No node comes next')
    const node = await this.reader.child(top.node, head.reference)
    this.skip()
    const ahead = node.keys.map((sequence) => this.reader.block(sequence))
    // The one that fails and is needed fails where it is waited for.
    for (const block of ahead) block.catch(() => undefined)
    this.#stack.push({ node, place: this.#step === 1 ? 0 : 2 * node.keys.length, ahead })
    this.entered += 1
    this.#settle()
  }

  /** Reads the key that comes next, and stays there. */
  async peek(): Promise<TreeBlock> {
    if (this.#peeked) return this.#peeked
    const { head } = this
    if (head?.kind !== 'key') throw new Error('No key comes next')
    const top = this.#stack.at(-1)
    const block = await (top?.ahead[(top.place - 1) / 2] ?? this.reader.block(head.sequence))
    const order = Buffer.compare(block.key, this.#last)
    const isStart = this.#isFirst && this.#step === 1 && order === 0
    if (order !== this.#step && !isStart) malformed(`the key of block ${block.sequence} is out of order`)
    this.#peeked = block
    return block
  }

  /** Goes on after a key that was read. */
  pass(block: TreeBlock): void {
    this.#last = block.key
    this.#isFirst = false
    this.skip()
  }

  /** Goes on after the node that comes next. */
  skip(): void {
    const top = this.#stack.at(-1)
    if (top) top.place += this.#step
    this.#peeked = null
    this.#settle()
  }

  /** Leaves nodes that are at their end, and passes over the children of leaves. */
  #settle(): void {
    for (let top = this.#stack.at(-1); top; top = this.#stack.at(-1)) {
      const last = 2 * top.node.keys.length
      if (top.place % 2 === 0 && top.node.children.length === 0) top.place += this.#step
      if (top.place >= 0 && top.place <= last) return
      this.#stack.pop()
    }
  }
}
