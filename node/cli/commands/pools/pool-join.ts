import type { Command } from 'commander'
import { z } from 'zod'
import { ok, type Result } from '../../../contract/result.ts'
import type { Pool } from '../../../contract/state.ts'
import { wholeNumber } from '../../option-values.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'

const optionsSchema = z.object({ wait: z.number() })

const confirmationMs = 2_000

/** `kith pool join <link>`: joins, then waits a little for a computer of the pool to see it. */
export function addPoolJoinCommand(pool: Command, perform: Perform): void {
  pool
    .command('join <link>')
    .description('join a pool by the link you were sent')
    .option('--wait <seconds>', 'how long to wait for a computer of the pool', wholeNumber(0, 3_600), 15)
    .action((link: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'needed', (running) => join(running, link, optionsSchema.parse(command.opts()).wait)),
      ),
    )
}

async function join(
  { client, view, output, signal }: Running,
  link: string,
  waitSeconds: number,
): Promise<Result<void>> {
  const joined = await client.call('pool.join', { link })
  if (!joined.ok) return joined
  const { poolId } = joined.value
  const find = () => view.state.pools.find((candidate) => candidate.poolId === poolId)
  const settled = (isDone: (state: Pool['state']) => boolean) => (): Pool | null => {
    const pool = find()
    return pool && isDone(pool.state) ? pool : null
  }
  await view.waitFor(
    settled((state) => state !== 'waiting'),
    waitSeconds * 1_000,
    signal,
  )
  // If the manager is connected, it confirms at once.
  if (find()?.state === 'provisional') {
    await view.waitFor(
      settled((state) => state !== 'provisional'),
      confirmationMs,
      signal,
    )
  }
  const pool = find()
  if (pool?.refusal) return { ok: false, error: pool.refusal }
  const name = pool?.name ?? ''
  const state = pool?.state ?? 'waiting'
  output.result({ type: 'pool-joined', poolId, name, state }, `Joined the pool "${name}".`)
  if (state === 'waiting') {
    output.note('No computer of the pool has answered yet. Kith keeps trying while it runs: "kith serve".')
  }
  if (state === 'provisional') output.note('The computer that manages the pool will confirm it when it is next online.')
  return ok()
}
