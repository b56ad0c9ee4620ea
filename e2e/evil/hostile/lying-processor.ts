import { z } from 'zod'
import type { TokenUsage } from '../../../node/engines/engine.ts'
import { TokenWriter } from '../../../node/protocol/generations/token-writer.ts'
import { GenerationMeter } from '../../../node/usage/generation-meter.ts'
import { hostilePart } from './hostile-part.ts'

/** What it says of every generation from now on; null says the truth. */
let lie: TokenUsage | null = null

/** Replaces the counts of what this install generates, on the wire and in its receipts. */
export const lyingProcessor = hostilePart({
  input: z.object({ promptTokens: z.number(), completionTokens: z.number() }),
  replace() {
    const write = Reflect.get(TokenWriter.prototype, 'write')
    TokenWriter.prototype.write = function (part) {
      const told = lie && part.type === 'end' ? { ...part, usage: lie } : part
      return Reflect.apply(write, this, [told])
    }
    const counts = Reflect.get(GenerationMeter.prototype, 'counts')
    GenerationMeter.prototype.counts = function () {
      const honest = Reflect.apply(counts, this, [])
      return lie ? { ...honest, ...lie, countedBy: 'engine' } : honest
    }
  },
  run(_app, counts) {
    lie = counts
    return Promise.resolve({})
  },
})
