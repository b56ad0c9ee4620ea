import type Hyperbee from 'hyperbee'
import { codeOf } from '../base/files.ts'

/** One step of a bee's history. `undefined` was removed; null cannot be read. */
export interface BeeChange {
  readonly key: string
  readonly value: unknown
}

export interface BeeChanges {
  readonly changes: BeeChange[]
  /** What to read on from. */
  readonly version: number
}

/**
 * Up to `max` changes after a version, oldest first.
 *
 * It reads only what lies here: at a block that is missing it stops. Blocks that are no records, which
 * another member may write, are passed over.
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
    // Rubbish makes Hyperbee throw in many ways. A block that can be read raw and yet not decoded, twice,
    // is that; what fails for another reason throws here and is to be tried again.
    await bee.core.get(sequence, { wait: false, raw: true })
    return readChange().catch(() => 'rubbish' as const)
  }
}
