import { z } from 'zod'
import { accountIdSchema } from '../../../node/contract/ids.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { randomBytes } from '../../../node/crypto/keys.ts'
import { leaseQuotaCallSchema, type LeaseQuotaCall } from '../../../node/protocol/messages/lease-messages.ts'
import type { HostileApp } from './captured-app.ts'
import { hostilePart, targetSchema } from './hostile-part.ts'

/** What one exchange may ask for. */
const needsPerCall = 64

/** Has everything of another member's plan leased to this device, in some calls. */
export const leaseThief = hostilePart({
  input: targetSchema.extend({
    accountId: accountIdSchema,
    tokensPerNeed: z.number().int(),
    calls: z.number().int(),
    /** Says each time that its records were lost, so that what it had counts as used. */
    forgets: z.boolean(),
  }),
  async run(app: HostileApp, { poolId, victimDeviceId, accountId, tokensPerNeed, calls, forgets }) {
    const target = app.machine(victimDeviceId)
    const subject = { kind: 'member', poolId, accountId, keyId: null } as const
    const incarnation = toHex(randomBytes(16))
    const outcomes: string[] = []
    for (let sequence = 1; sequence <= calls; sequence += 1) {
      const need = { tokens: tokensPerNeed, leastTokens: tokensPerNeed }
      const call = {
        ...{ type: 'exchange', subject, sequence, shareNumber: 0, cells: [], carried: [], isLeaving: false },
        vouchers: [],
        incarnation: forgets ? toHex(randomBytes(16)) : incarnation,
        needs: Array.from({ length: needsPerCall }, () => need),
      }
      const reply = await app.clients.call(target, 'leaseQuota', asItIsRead(call))
      outcomes.push(reply.ok ? reply.value.type : reply.error.code)
    }
    return { outcomes }
  },
})

/** The call as this version reads it: later ones carry what the member's gateways have asked for, which is nothing here. */
function asItIsRead(call: object): LeaseQuotaCall {
  const withWords = leaseQuotaCallSchema.safeParse({ ...call, vouchers: [] })
  return withWords.success ? withWords.data : leaseQuotaCallSchema.parse(call)
}
