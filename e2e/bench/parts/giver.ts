import { z } from 'zod'
import { poolIdSchema } from '../../../node/contract/ids.ts'
import { TestPeer, valueOf } from '../../../node/peer/testing/test-peer.ts'
import type { RunningRole } from './process-role.ts'

const giverInputSchema = z.object({
  network: z.object({ host: z.string(), bootstrap: z.array(z.object({ host: z.string(), port: z.number() })) }),
  serverUrls: z.array(z.string()),
})

export const giverReadySchema = z.object({ poolId: poolIdSchema, link: z.string() })

/** The computer that shares: a whole peer with a pool, an invite to it, and the paced servers as engines. */
export async function startGiver(input: unknown): Promise<RunningRole> {
  const { network, serverUrls } = giverInputSchema.parse(input)
  const giver = await TestPeer.start('giver', network)
  await giver.signUp()
  for (const url of serverUrls) valueOf(await giver.peer.call('engine.addServer', { url }))
  const { poolId } = valueOf(await giver.peer.call('pool.create', { name: 'Bench' }))
  const invite = { poolId, role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 } as const
  const { link } = valueOf(await giver.peer.call('pool.createInvite', invite))
  valueOf(await giver.peer.call('sharing.set', { isEnabled: true }))
  return { ready: { poolId, link }, stop: () => giver.remove() }
}
