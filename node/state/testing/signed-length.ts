import { createRequire } from 'node:module'
import type { Hypercore } from 'hypercore'
import type { KeyPair } from '../../crypto/keys.ts'

interface Root {
  readonly index: number
  readonly size: number
  readonly hash: Uint8Array
}
interface Tree {
  readonly length: number
  readonly fork: number
  signable(manifestHash: Uint8Array): Uint8Array
}
interface Inside extends Hypercore {
  readonly core: Hypercore['core'] & { readonly verifier: { sign(tree: Tree, keyPair: KeyPair): Uint8Array } }
  readonly manifest: unknown
  applyProof(proof: unknown): Promise<boolean>
}

// What Hypercore signs a tree with; it has no declarations of these.
const requireHere = createRequire(import.meta.url)
const { tree: hashOfRoots } = requireHere('hypercore-crypto') as {
  readonly tree: (roots: readonly Root[]) => Uint8Array
}
const { treeSignable } = requireHere('hypercore/lib/caps.js') as {
  readonly treeSignable: (manifestHash: Uint8Array, hash: Uint8Array, length: number, fork: number) => Uint8Array
}

/**
 * Gives an empty core, as a reader has it, its writer's signature under a length that is a power of two and of which no
 * block exists. It is what a sync of that length with the writer would leave.
 */
export async function giveSignedLength(
  reader: Hypercore,
  writer: { readonly core: Hypercore; readonly keyPair: KeyPair },
  length: number,
  size = 1,
): Promise<void> {
  const core = writer.core as Inside
  const roots = [{ index: length - 1, size, hash: new Uint8Array(32).fill(1) }]
  const hash = hashOfRoots(roots)
  const tree: Tree = {
    length,
    fork: 0,
    signable: (manifestHash) => treeSignable(manifestHash, hash, length, 0),
  }
  const signature = core.core.verifier.sign(tree, writer.keyPair)
  const upgrade = { start: 0, length, nodes: roots, additionalNodes: [], signature }
  const isTaken = await (reader as Inside).applyProof({
    fork: 0,
    block: null,
    hash: null,
    seek: null,
    upgrade,
    manifest: core.manifest,
  })
  if (!isTaken) throw new Error('Hypercore did not take the signature')
}
