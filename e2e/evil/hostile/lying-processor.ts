import { z } from 'zod'
import type { TokenUsage } from '../../../node/engines/engine.ts'
import { servedParts } from '../../../node/protocol/messages/frames.ts'
import { GenerationMeter } from '../../../node/usage/generation-meter.ts'
import { count, hostilePart } from './hostile-part.ts'

/** What it says of every generation from now on; null says the truth. */
let lie: TokenUsage | null = null
/** How often it has said so since it was told to. */
const said = { onWire: 0, inReceipts: 0 }

/**
 * Replaces the counts of what this install generates, on the wire and in its receipts. An order sets the lie, null the
 * truth, and tells how often the lie before was told.
 */
export const lyingProcessor = hostilePart({
  input: z.object({ lie: z.object({ promptTokens: z.number(), completionTokens: z.number() }).nullable() }),
  report: z.object({ onWire: count, inReceipts: count }),
  replace() {
    const { encode } = servedParts
    Object.assign(servedParts, {
      encode: (part: Parameters<typeof encode>[0]) => {
        if (!lie || part.type !== 'end') return encode(part)
        said.onWire += 1
        return doneFrame(lie)
      },
    })
    const counts = Reflect.get(GenerationMeter.prototype, 'counts')
    GenerationMeter.prototype.counts = function (...given) {
      const honest = Reflect.apply(counts, this, given)
      if (!lie) return honest
      said.inReceipts += 1
      return { ...honest, ...lie, countedBy: 'engine' }
    }
  },
  run(_app, { lie: told }) {
    const before = { ...said }
    lie = told
    Object.assign(said, { onWire: 0, inReceipts: 0 })
    return Promise.resolve(before)
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
