import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { drawAttacks } from './attacks/attacks.ts'
import { Ordeal } from './harness/ordeal.ts'
import { Random } from './harness/random.ts'
import { Scene } from './harness/scene.ts'

/** Variants are drawn anew in each run; this one can be had again with the number that a failure prints. */
const seed = Number(process.env['KITH_EVIL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** The process of one install; `npm run test:evil` has built it. */
const partPath = join(process.cwd(), 'out', 'evil', 'part.js')

/** One scene serves attack after attack, for as long as none of them does harm. */
let scene: Scene | null = null
let isSpoiled = false

afterEach(async () => {
  if (isSpoiled) await leave()
})
afterAll(leave)

async function leave(): Promise<void> {
  const last = scene
  scene = null
  await last?.close()
}

describe(`a hostile install (KITH_EVIL_SEED=${seed})`, () => {
  it.each(drawAttacks(new Random(seed)).map((attack) => [attack.name, attack.as, attack] as const))(
    'cannot do harm with %s, as a %s',
    async (_name, _as, attack) => {
      // Whatever stops this test early leaves a scene that no other attack may be judged by.
      isSpoiled = true
      scene ??= await Scene.open([partPath])
      const verdict = await new Ordeal(scene, attack, new Random(seed)).run()
      isSpoiled = verdict.harms.length > 0
      process.stdout.write(`${attack.name}: ${JSON.stringify(verdict)}\n`)
      expect(verdict.harms, `KITH_EVIL_SEED=${seed} brings this back`).toEqual([])
    },
  )
})
