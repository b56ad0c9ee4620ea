import { z } from 'zod'
import type { TokenUsage } from '../../../node/engines/engine.ts'
import { servedParts } from '../../../node/protocol/messages/frames.ts'
import { GenerationMeter } from '../../../node/usage/generation-meter.ts'
import { hostilePart } from './hostile-part.ts'

/** What it says of every generation from now on; null says the truth. */
let lie: TokenUsage | null = null

/** Replaces the counts of what this install generates, on the wire and in its receipts. */
export const lyingProcessor = hostilePart({
  input: z.object({ promptTokens: z.number(), completionTokens: z.number() }),
  replace() {
    const { encode } = servedParts
    Object.assign(servedParts, {
      encode: (part: Parameters<typeof encode>[0]) => (lie && part.type === 'end' ? doneFrame(lie) : encode(part)),
    })
    const counts = Reflect.get(GenerationMeter.prototype, 'counts')
    GenerationMeter.prototype.counts = function (...given) {
      const honest = Reflect.apply(counts, this, given)
      return lie ? { ...honest, ...lie, countedBy: 'engine' } : honest
    }
  },
  run(_app, counts) {
    lie = counts
    return Promise.resolve({})
  },
})

/** The last frame of a generation, with numbers that an honest encoder refuses. */
function doneFrame({ promptTokens, completionTokens }: TokenUsage): Uint8Array {
  const [done, stop] = [4, 0]
  return Buffer.concat([Uint8Array.of(done, stop), wideNumber(promptTokens), wideNumber(completionTokens)])
}

/** A number of compact-encoding, always in its longest form. */
function wideNumber(value: number): Uint8Array {
  const bytes = Buffer.alloc(9, 0xff)
  bytes.writeBigUInt64LE(BigInt(value), 1)
  return bytes
}
