import type { Command } from 'commander'
import { z } from 'zod'
import { readBounded } from '../../../base/files.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Pool } from '../../../contract/state.ts'
import { wholeNumber } from '../../option-values.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'

const optionsSchema = z.object({ wait: z.number() })

const confirmationMs = 2_000

/** An invite that was saved as a page is far shorter. */
const maxPageBytes = 64 * 1024

/** `kith pool join <invite>`: joins, then waits a little for a computer of the pool to see it. */
export function addPoolJoinCommand(pool: Command, perform: Perform): void {
  pool
    .command('join <invite>')
    .description('join a pool by the link or the file you were sent')
    .option('--wait <seconds>', 'how long to wait for a computer of the pool', wholeNumber(0, 3_600), 15)
    .action((invite: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'needed', async (running) => {
          const link = await inviteIn(invite)
          return link.ok ? join(running, link.value, optionsSchema.parse(command.opts()).wait) : link
        }),
      ),
    )
}

/** The text of a file, where the argument is the name of one and no link. */
async function inviteIn(argument: string): Promise<Result<string>> {
  if (/kith:\/\//i.test(argument)) return ok(argument)
  const read = await readBounded(argument, maxPageBytes)
  if (!read.ok) return read
  return read.value.state === 'read' ? ok(new TextDecoder().decode(read.value.bytes)) : fail('invite_malformed')
}

async function join(
  { client, view, output, signal }: Running,
  link: string,
  waitSeconds: number,
): Promise<Result<void>> {
  const facts = await client.call('pool.inspectInvite', { link })
  if (!facts.ok) return facts
  const { inviter, poolName } = facts.value
  if (inviter !== null) output.note(`${inviter} invites you to "${poolName}".`)
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
