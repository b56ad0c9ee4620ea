import { z } from 'zod'
import { requestIdSchema } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { randomBytes } from '../../../node/crypto/keys.ts'
import type { HostileApp } from './captured-app.ts'
import { hostilePart, targetSchema } from './hostile-part.ts'

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
  async run(app: HostileApp, { poolId, victimDeviceId, model, prompt, maxTokens, requests, leaveAt, drops, atOnce }) {
    const outcomes: Record<string, number> = {}
    const note = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1)
    const askOnce = async (): Promise<void> => {
      const leaving = new AbortController()
      const request = {
        ...{ requestId: requestIdSchema.parse(toHex(randomBytes(16))), poolId, model, maxTokens },
        turns: [{ role: 'user' as const, text: prompt }],
      }
      const parts = app.clients.ask(app.machine(victimDeviceId), 'processRequest', request, leaving.signal)
      for await (const part of parts) {
        if (part.type === 'failed') note(part.error.code)
        else if (part.type === 'accepted' && part.place === 0) note('accepted')
        else if (part.type === 'end') note('ended')
        if (part.type !== leaveAt) continue
        if (drops) app.clients.disconnect(victimDeviceId)
        leaving.abort()
      }
    }
    if (atOnce) await Promise.all(Array.from({ length: requests }, askOnce))
    else for (let index = 0; index < requests; index += 1) await askOnce()
    return { outcomes }
  },
})
