import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import { Bee } from '../../../node/state/bee.ts'
import { Random } from '../harness/random.ts'
import { beeBlock, type ChildPlace } from './bee-blocks.ts'
import type { HostileApp } from './captured-app.ts'
import { hostilePart, targetSchema } from './hostile-part.ts'

export const poisons = ['self', 'cycle', 'later', 'mesh', 'wide', 'random'] as const
export type Poison = (typeof poisons)[number]

const meshDepth = 40
const wideKeys = 200_000
/** How long the others get to fetch the blocks. */
const spreadMs = 1_500

/** Blocks that no honest Hyperbee writes, to be appended to a core of a length. */
function poisonBlocks(poison: Poison, length: number, random: Random): Uint8Array[] {
  const at = (block: number): ChildPlace => [block, 0]
  switch (poison) {
    // Whoever goes down this tree comes back to where they were.
    case 'self':
      return [beeBlock([{ keys: [length], children: [at(length), at(length)] }], random.pick(['v1/a', 'v1/m', 'v1/z']))]
    case 'cycle':
      return [
        beeBlock([{ keys: [length], children: [at(length + 1), at(length + 1)] }], 'v1/m'),
        beeBlock([{ keys: [length + 1], children: [at(length), at(length)] }], 'v1/n'),
      ]
    case 'later':
      return [beeBlock([{ keys: [length + 2 ** 40], children: [at(length + 2 ** 33), at(length)] }], 'v1/m')]
    // Every block is reached in two ways from the next: 2^40 ways in all, for whoever lists these records.
    case 'mesh':
      return Array.from({ length: meshDepth }, (_, index) => {
        const below = at(length + index - 1)
        return beeBlock(
          [{ keys: [length + index], children: index === 0 ? [] : [below, below] }],
          `v1/usage-core/${String(index).padStart(6, '0')}`,
        )
      })
    case 'wide':
      return [beeBlock([{ keys: Array.from({ length: wideKeys }, () => length), children: [] }], 'v1/m')]
    case 'random':
      return Array.from({ length: random.between(1, 12) }, (_, index) => randomBlock(length + index, random))
  }
}

/** A block that points anywhere, its own place and later ones included. */
function randomBlock(own: number, random: Random): Uint8Array {
  const place = (): number => random.pick([own, own + random.between(0, 4), random.between(0, own), random.sized(52)])
  const level = () => ({
    keys: Array.from({ length: random.between(0, 4) }, place),
    children: Array.from({ length: random.between(0, 5) }, (): ChildPlace => [place(), random.sized(8)]),
  })
  if (random.next() < 0.1) return random.bytes(random.between(0, 200))
  return beeBlock(
    Array.from({ length: random.between(0, 3) }, level),
    random.pick(['v1/', 'v1/device-list', 'v1/m', '']),
  )
}

/** Appends blocks to a bee of this install that freeze whoever walks it. */
export const poisonedBees = hostilePart({
  input: targetSchema.extend({ poison: z.enum(poisons), kind: z.enum(['member', 'usage']) }),
  replace() {
    // A core that grows behind the app's back makes it think that its profile was copied.
    Bee.prototype.onForeignAppend = () => undefined
  },
  async run(app: HostileApp, { poolId, poison, kind, seed }) {
    const own = app.pool(poolId).bees.own(kind)
    if (!own) throw new Error(`There is no ${kind} bee`)
    goBlind()
    const { core } = own.bee
    for (const block of poisonBlocks(poison, core.length, new Random(seed))) await core.append(block)
    await delay(spreadMs)
    return { length: core.length }
  },
})

/** From now on this install reads no bee: it would freeze itself before the blocks are out. */
function goBlind(): void {
  const never = new Promise<never>(() => undefined)
  Bee.prototype.get = () => Promise.resolve(null)
  Bee.prototype.list = () => Promise.resolve([])
  Bee.prototype.changes = () => never
  Bee.prototype.differences = () => never
  Bee.prototype.update = () => Promise.resolve()
}
