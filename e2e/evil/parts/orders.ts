import { z } from 'zod'
import { kithErrorSchema } from '../../../node/contract/errors.ts'
import { poolIdSchema } from '../../../node/contract/ids.ts'

/** What the test may order a process to do: what it sends along, and what comes back. */
function order<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): { input: I; output: O } {
  return { input, output }
}

const nothing = z.object({})

export const networkSchema = z.object({
  host: z.string(),
  bootstrap: z.array(z.object({ host: z.string(), port: z.number() })),
})

export const healthSchema = z.object({
  /** Longest time the event loop did not come round, since the last look. */
  loopDelayMaxMs: z.number(),
  /** After garbage was collected. */
  rssBytes: z.number(),
  /** Highest since the last look, garbage included. */
  peakRssBytes: z.number(),
})

export const readingsSchema = z.object({
  /** Longest time in which it looked and there was no text, since the last look. */
  gapMaxMs: z.number(),
  /** Longest time in which it did not look itself. */
  asleepMaxMs: z.number(),
  /** Why generations ended that should have gone on. */
  failures: z.array(z.string()),
  words: z.number(),
})

export const orders = {
  /** Starts a whole peer on a profile, and signs in: up where the folder is new. */
  start: order(
    z.object({
      username: z.string(),
      network: networkSchema,
      directory: z.string(),
      isNew: z.boolean(),
      serverUrls: z.array(z.string()),
      ollamaUrl: z.string().optional(),
      /** Hostile parts that replace honest ones, before the peer starts. */
      hostile: z.array(z.string()),
    }),
    nothing,
  ),
  /** Calls the peer as its window does. */
  call: order(z.object({ name: z.string(), input: z.unknown() }), z.unknown()),
  health: order(nothing, healthSchema),
  /** Every sentence the peer has shown to its user once. */
  notices: order(nothing, z.array(kithErrorSchema)),
  /** Reads one generation after the other, without an end, and keeps time. Returns with the first text. */
  read: order(z.object({ poolId: poolIdSchema, model: z.string(), question: z.string() }), nothing),
  readings: order(nothing, readingsSchema),
  stopReading: order(nothing, nothing),
  attack: order(z.object({ name: z.string(), input: z.unknown() }), z.unknown()),
  stop: order(nothing, nothing),
} as const

export type OrderName = keyof typeof orders
export type OrderInput<N extends OrderName> = z.output<(typeof orders)[N]['input']>
export type OrderOutput<N extends OrderName> = z.output<(typeof orders)[N]['output']>
export type Health = z.infer<typeof healthSchema>
export type Readings = z.infer<typeof readingsSchema>

/** From the test to a process. */
export const orderMessageSchema = z.object({
  id: z.number(),
  name: z.enum(Object.keys(orders) as [OrderName, ...OrderName[]]),
  input: z.unknown(),
})

/** The reply to an order. */
export const replyMessageSchema = z.discriminatedUnion('isDone', [
  z.object({ id: z.number(), isDone: z.literal(true), value: z.unknown() }),
  z.object({ id: z.number(), isDone: z.literal(false), reason: z.string() }),
])
export type ReplyMessage = z.infer<typeof replyMessageSchema>
