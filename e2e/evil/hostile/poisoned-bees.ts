import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import type { DeviceId } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import type { DeviceBee } from '../../../node/pools/pool/device-bees.ts'
import { Bee } from '../../../node/state/bee.ts'
import {
  appendBlocks,
  attackBee,
  beeAttacks,
  encodeBlock,
  type RawNode,
} from '../../../node/state/testing/evil-blocks.ts'
import { Random } from '../harness/random.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

export const poisons = [...beeAttacks, 'random'] as const
export type Poison = (typeof poisons)[number]

/** How long the victim gets to fetch the blocks. */
const spreadDeadlineMs = 10_000
const lookAgainMs = 50
/** How long the others get after that to read them. */
const readMs = 500

/** Appends blocks to a bee of this install that freeze whoever walks it. */
export const poisonedBees = hostilePart({
  input: targetSchema.extend({ poison: z.enum(poisons), kind: z.enum(['member', 'usage']) }),
  /** `fetched` are those of the blocks that the victim has asked for and was sent. */
  report: z.object({ blocks: count, fetched: count }),
  replace() {
    // A core that grows behind the app's back makes it think that its profile was copied.
    Bee.prototype.onForeignAppend = () => undefined
  },
  async run(app: HostileApp, { poolId, victimDeviceId, poison, kind, seed }) {
    const { bee } = await ownBee(app, poolId, kind)
    const first = bee.core.length
    const fetched = uploadedTo(bee, victimDeviceId)
    if (poison === 'random') await appendBlocks(bee, randomBlocks(first, new Random(seed)))
    else await attackBee(bee, poison)
    const blocks = bee.core.length - first
    const ofPoison = (): number => [...fetched].filter((index) => index >= first).length
    const endMs = performance.now() + spreadDeadlineMs
    while (ofPoison() < blocks && performance.now() < endMs) await delay(lookAgainMs)
    await delay(readMs)
    return { blocks, fetched: ofPoison() }
  },
})

/** A usage bee that the victim replicates is one of a member; it is there once there was something to write down. */
async function ownBee(
  app: HostileApp,
  poolId: Parameters<HostileApp['pool']>[0],
  kind: DeviceBee['kind'],
): Promise<DeviceBee> {
  const pool = app.pool(poolId)
  if (kind === 'usage') await pool.usage.own(new Date().toISOString().slice(0, 7))
  const own = pool.bees.own(kind)
  if (!own) throw new Error(`There is no ${kind} bee`)
  return own
}

/** Which blocks a device is sent from now on. */
function uploadedTo(bee: Bee, deviceId: DeviceId): ReadonlySet<number> {
  const indexes = new Set<number>()
  bee.core.on('upload', (index: number, _bytes: number, { remotePublicKey }: { remotePublicKey: Uint8Array }) => {
    if (toHex(remotePublicKey) === deviceId) indexes.add(index)
  })
  return indexes
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
