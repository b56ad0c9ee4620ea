import type { BeeKind } from '../../base/core-limits.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Hypercore } from 'hypercore'
import { z } from 'zod'
import { Bee } from '../../state/bee.ts'
import { openStore } from '../../state/open-store.ts'
import { valueOf } from './pool-peer.ts'

/** Whole cores may be replicated over a stream of their own; only tests do that. */
type Replicable = Hypercore & { replicate(isInitiator: boolean): Duplex }

/**
 * What somebody reads who got hold of every block of a core, and opens it with a key that he has.
 * Null where that key opens nothing.
 */
export async function readStolen(core: Hypercore, kind: BeeKind, poolKey: string): Promise<string[] | null> {
  const directory = await mkdtemp(join(tmpdir(), 'kith-stolen-'))
  const store = valueOf(await openStore(directory))
  const bee = await Bee.open(store, kind, { key: core.key }, Buffer.from(poolKey, 'hex'))
  const ours = (core as Replicable).replicate(true)
  const theirs = (bee.core as Replicable).replicate(false)
  ours.on('error', () => undefined)
  theirs.on('error', () => undefined)
  ours.pipe(theirs).pipe(ours)
  try {
    await bee.core.update({ wait: true })
    await bee.core.download({ start: 0, end: core.length }).done()
    if (bee.core.contiguousLength < core.length) throw new Error('Not all blocks were stolen')
    // Blocks under another key are noise to Hyperbee, which fails in many ways.
    const records = await bee.list('v1/', z.unknown()).catch(() => null)
    return records && records.map(({ key, value }) => `${key} ${JSON.stringify(value)}`)
  } finally {
    ours.destroy()
    theirs.destroy()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
}
