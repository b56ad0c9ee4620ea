import { z } from 'zod'
import { requestIdSchema } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { randomBytes } from '../../../node/crypto/keys.ts'
import type { GenerationPort } from '../../../node/protocol/messages/generation.ts'
import { leaveEarly } from '../../../node/protocol/testing/early-leaver.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

/** Asks again and again, past its own gateway, and leaves as soon as it has seen what it wants. */
export const earlyLeaver = hostilePart({
  input: targetSchema.extend({
    model: z.string(),
    prompt: z.string(),
    maxTokens: z.number().int(),
    requests: z.number().int(),
    /** The part of the stream at which it leaves; `end` stays. */
    leaveAt: z.enum(['loading', 'reading', 'text', 'end']),
    /** Whether it stops politely or drops its connection. */
    drops: z.boolean(),
    /** Whether all are sent together, so that none is settled before the last is begun. */
    atOnce: z.boolean().default(false),
  }),
  /** How many came as far as where it wanted to leave, and how each ended: `end`, `left`, or a code. */
  report: z.object({ reached: count, outcomes: z.record(z.string(), count) }),
  async run(app: HostileApp, { poolId, victimDeviceId, model, prompt, maxTokens, requests, leaveAt, drops, atOnce }) {
    const outcomes: Record<string, number> = {}
    let reached = 0
    const port: GenerationPort = {
      async *ask(request, signal) {
        for await (const part of app.clients.ask(app.machine(victimDeviceId), 'processRequest', request, signal)) {
          if (part.type === leaveAt && drops) app.clients.disconnect(victimDeviceId)
          yield part
        }
      },
    }
    const askOnce = async (): Promise<void> => {
      const requestId = requestIdSchema.parse(toHex(randomBytes(16)))
      const turns = [{ role: 'user' as const, text: prompt }]
      const heard = await leaveEarly(port, { requestId, poolId, model, maxTokens, turns }, leaveAt)
      if (heard.some(({ type }) => type === leaveAt)) reached += 1
      const last = heard.at(-1)
      const outcome = last?.type === 'failed' ? last.error.code : last?.type === 'end' ? 'end' : 'left'
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    if (atOnce) await Promise.all(Array.from({ length: requests }, askOnce))
    else for (let index = 0; index < requests; index += 1) await askOnce()
    return { reached, outcomes }
  },
})
