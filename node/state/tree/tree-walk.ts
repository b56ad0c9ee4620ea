import type { TreeBlock } from './tree-block.ts'
import { TreeCursor } from './tree-cursor.ts'
import type { TreeReader } from './tree-reader.ts'
import { malformed } from './unlawful-core.ts'

/** Keys from one, included, to another, excluded. */
export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
}

/** A record of a bee; its value is never missing. */
export interface TreeRecord {
  readonly sequence: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** A key whose record differs between two trees; null on the side where it is missing. */
export interface TreeDifference {
  readonly key: Uint8Array
  readonly before: TreeRecord | null
  readonly after: TreeRecord | null
}

/** The records in a range of keys, in their order or in reverse. */
export async function* records(
  reader: TreeReader,
  range: KeyRange,
  isReverse: boolean,
): AsyncGenerator<TreeRecord, void, undefined> {
  const cursor = await TreeCursor.open(reader, { from: isReverse ? range.lt : range.gte, isReverse })
  for (;;) {
    const block = await nextKey(cursor)
    if (!block || isBeyond(block, range, isReverse)) return
    cursor.pass(block)
    yield recordOf(block)
  }
}

/** The record that a key leads to. */
export function recordOf({ sequence, key, value }: TreeBlock): TreeRecord {
  return { sequence, key, value: value ?? malformed(`block ${sequence} is a removal that a key leads to`) }
}

/** Nodes that may be entered for each block that lies between two versions, and beside that. */
const entriesPerBlock = 512
const entriesBeside = 4_096

/**
 * The records of a range that differ between two versions of a tree, in the order of their keys.
 *
 * Nodes that both have are passed over. One change rewrites only the nodes on its way, so the number of nodes that are
 * entered is bounded by the number of changes: a writer cannot make others read two large trees with each small block.
 */
export async function* differences(
  before: TreeReader,
  after: TreeReader,
  range: KeyRange,
): AsyncGenerator<TreeDifference, void, undefined> {
  const start = { from: range.gte, isReverse: false }
  const [old, now] = [await TreeCursor.open(before, start), await TreeCursor.open(after, start)]
  const [oldHeight, nowHeight] = [await heightOf(before), await heightOf(after)]
  const maxEntered = entriesBeside + entriesPerBlock * (after.version - before.version)
  for (;;) {
    if (old.entered + now.entered > maxEntered) malformed('versions differ in more than was changed between them')
    const a = old.head
    const b = now.head
    if (a?.kind === 'node' && b?.kind === 'node') {
      const isSame = a.reference.sequence === b.reference.sequence && a.reference.offset === b.reference.offset
      if (isSame) {
        old.skip()
        now.skip()
        continue
      }
    }
    if (a?.kind === 'node' || b?.kind === 'node') {
      // The one further from its leaves goes down first, so that both come to nodes of one level.
      const above = a?.kind === 'node' ? oldHeight - a.depth : -Infinity
      const beside = b?.kind === 'node' ? nowHeight - b.depth : -Infinity
      if (above >= beside) await old.enter()
      if (beside >= above) await now.enter()
      continue
    }
    const [left, right] = [a && (await old.peek()), b && (await now.peek())]
    const order = left && right ? Buffer.compare(left.key, right.key) : left ? -1 : 1
    const first = order <= 0 ? left : right
    if (!first || isBeyond(first, range, false)) return
    if (left && order <= 0) old.pass(left)
    if (right && order >= 0) now.pass(right)
    if (left && right && left.sequence === right.sequence) continue
    yield {
      key: first.key,
      before: left && order <= 0 ? recordOf(left) : null,
      after: right && order >= 0 ? recordOf(right) : null,
    }
  }
}

async function nextKey(cursor: TreeCursor): Promise<TreeBlock | null> {
  while (cursor.head?.kind === 'node') await cursor.enter()
  return cursor.head ? cursor.peek() : null
}

function isBeyond({ key }: TreeBlock, { gte, lt }: KeyRange, isReverse: boolean): boolean {
  return isReverse ? Buffer.compare(key, gte) < 0 : Buffer.compare(key, lt) >= 0
}

/** How many nodes lie between the root and the leaves. */
async function heightOf(reader: TreeReader): Promise<number> {
  let node = await reader.root()
  for (;;) {
    const first = node?.children[0]
    if (!node || !first) return node?.depth ?? 0
    node = await reader.child(node, first)
  }
}
