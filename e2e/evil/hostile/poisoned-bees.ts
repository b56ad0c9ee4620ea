import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import type { DeviceBee } from '../../../node/pools/pool/device-bees.ts'
import { memberKeys } from '../../../node/pools/pool/records.ts'
import { Bee } from '../../../node/state/bee.ts'
import {
  appendBlocks,
  attackBee,
  beeAttacks,
  encodeBlock,
  type RawNode,
} from '../../../node/state/testing/evil-blocks.ts'
import { usageKeys } from '../../../node/usage/usage-keys.ts'
import { Random } from '../harness/random.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

export const poisons = [...beeAttacks, 'random'] as const
export type Poison = (typeof poisons)[number]

/** How long the others get to ask for the blocks. */
const spreadDeadlineMs = 10_000
const lookAgainMs = 50
/** What others list in such a bee: there lie the keys, so that the whole tree is walked. */
const listed = { member: memberKeys.usageCores, usage: usageKeys.rollups('hour') } as const
/** How long the others get after that to read them. */
const readMs = 1_000

/** Appends blocks to a bee of this install that freeze whoever walks it. */
export const poisonedBees = hostilePart({
  input: targetSchema.extend({ poison: z.enum(poisons), kind: z.enum(['member', 'usage']) }),
  /** How many of the blocks somebody has asked for and was sent, and how many the victim itself. */
  report: z.object({ blocks: count, sent: count, sentToVictim: count }),
  replace() {
    // A core that grows behind the app's back makes it think that its profile was copied.
    Bee.prototype.onForeignAppend = () => undefined
  },
  async run(app: HostileApp, { poolId, victimDeviceId, poison, kind, seed }) {
    const bee = await ownBee(app, poolId, kind)
    const first = bee.core.length
    const uploads = uploadsOf(bee)
    if (poison === 'random') await appendBlocks(bee, randomBlocks(first, new Random(seed)))
    else await attackBee(bee, poison, listed[kind])
    const blocks = bee.core.length - first
    const poisoned = () => [...uploads].filter(([index]) => index >= first)
    const endMs = performance.now() + spreadDeadlineMs
    while (poisoned().length === 0 && performance.now() < endMs) await delay(lookAgainMs)
    await delay(readMs)
    const sentToVictim = poisoned().filter(([, devices]) => devices.has(victimDeviceId)).length
    return { blocks, sent: poisoned().length, sentToVictim }
  },
})

/** A bee of this install that the victim replicates. */
async function ownBee(app: HostileApp, poolId: PoolId, kind: DeviceBee['kind']): Promise<Bee> {
  const pool = app.pool(poolId)
  const bee = kind === 'usage' ? await pool.usage.own(thisMonth()) : pool.bees.own('member')?.bee
  if (!bee) throw new Error(`There is no ${kind} bee`)
  return bee
}

/** The name of a usage bee, as in 2026-11. */
function thisMonth(): string {
  return new Date().toISOString().slice(0, 7)
}

/** Which blocks are sent to anybody from now on, by whom they are asked for: whoever has one passes it on. */
function uploadsOf(bee: Bee): ReadonlyMap<number, ReadonlySet<string>> {
  const sent = new Map<number, Set<string>>()
  bee.core.on('upload', (index: number, _bytes: number, { remotePublicKey }: { remotePublicKey: Uint8Array }) => {
    sent.set(index, (sent.get(index) ?? new Set()).add(toHex(remotePublicKey)))
  })
  return sent
}

function randomBlocks(first: number, random: Random): Uint8Array[] {
  return Array.from({ length: random.between(1, 12) }, (_, index) => randomBlock(first + index, random))
}

/** A block that points anywhere, its own place and later ones included. */
function randomBlock(own: number, random: Random): Uint8Array {
  const place = (): number => random.pick([own, own + random.between(0, 4), random.between(0, own), random.sized(52)])
  const node = (): RawNode => ({
    keys: Array.from({ length: random.between(0, 4) }, place),
    children: Array.from({ length: random.between(0, 5) }, () => [place(), random.sized(8)] as const),
  })
  if (random.next() < 0.1) return random.bytes(random.between(0, 200))
  const key = random.pick(['v1/', 'v1/device-list', 'v1/m', ''])
  return encodeBlock({ key, value: 'x', nodes: Array.from({ length: random.between(0, 3) }, node) })
}
