import { z } from 'zod'
import { accountIdSchema } from '../../../node/contract/ids.ts'
import { HostileHolder, leaseAttacks } from '../../../node/limits/testing/hostile-holder.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

/** Has another member's plan leased to this device, or says that it was used up. */
export const leaseThief = hostilePart({
  input: targetSchema.extend({ accountId: accountIdSchema, way: z.string() }),
  /** How often the victim replied, with what, and how many tokens it granted in all. */
  report: z.object({ replies: z.record(z.string(), count), granted: count }),
  async run(app: HostileApp, { poolId, victimDeviceId, accountId, way }) {
    const target = app.machine(victimDeviceId)
    const replies: Record<string, number> = {}
    const evil = new HostileHolder({ kind: 'member', poolId, accountId, keyId: null }, async (call) => {
      const reply = await app.clients.call(target, 'leaseQuota', call)
      const said = reply.ok ? reply.value.type : reply.error.code
      replies[said] = (replies[said] ?? 0) + 1
      return reply
    })
    const attack = leaseAttacks[way]
    if (!attack) throw new Error(`No attack on leases is called "${way}"`)
    await attack(evil)
    return { replies, granted: evil.granted }
  },
})
