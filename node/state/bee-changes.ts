import type Hyperbee from 'hyperbee'
import { codeOf } from '../base/files.ts'

/** One step of a bee's history; the value is `undefined` if removed, null if unreadable. */
export interface BeeChange {
  readonly key: string
  readonly value: unknown
}

export interface BeeChanges {
  readonly changes: BeeChange[]
  /** The version to continue from. */
  readonly version: number
}

/**
 * Up to `max` changes after a version, oldest first.
 *
 * Reads only local blocks and stops at a missing one. Skips blocks that are no records, which another member
 * may write.
 */
export async function readChanges(
  bee: Hyperbee,
  sinceVersion: number,
  max: number,
  parse: (bytes: Uint8Array) => unknown,
): Promise<BeeChanges> {
  // Block 0 is Hyperbee's own header.
  const since = sinceVersion > bee.version ? 1 : Math.max(1, sinceVersion)
  const sequences = Array.from({ length: Math.min(max, bee.version - since) }, (_, index) => since + index)
  const read = await Promise.all(sequences.map((sequence) => changeAt(bee, sequence, parse)))
  const missing = read.indexOf('missing')
  const here = missing === -1 ? read : read.slice(0, missing)
  return {
    changes: here.filter((change) => change !== 'missing' && change !== 'rubbish'),
    version: since + here.length,
  }
}

async function changeAt(
  bee: Hyperbee,
  sequence: number,
  parse: (bytes: Uint8Array) => unknown,
): Promise<BeeChange | 'missing' | 'rubbish'> {
  const readChange = async (): Promise<BeeChange> => {
    const { key, value } = await bee.getBySeq(sequence, { wait: false })
    return { key, value: value ? parse(value) : undefined }
  }
  try {
    return await readChange()
  } catch (cause) {
    if (codeOf(cause) === 'BLOCK_NOT_AVAILABLE') return 'missing'
    // Hyperbee throws many kinds of errors on malformed blocks. A block that can be read raw but fails to decode
    // twice is malformed; any other failure throws here, and the caller tries again.
    await bee.core.get(sequence, { wait: false, raw: true })
    return readChange().catch(() => 'rubbish' as const)
  }
}
