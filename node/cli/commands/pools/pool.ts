import type { Command } from 'commander'
import { z } from 'zod'
import { tagOf } from '../../../contract/ids.ts'
import { ok } from '../../../contract/result.ts'
import type { Pool } from '../../../contract/state.ts'
import { findManagedPool, findMember } from '../../find-pool.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'
import { addInviteCreate } from './invite.ts'
import { addPoolEndCommands } from './pool-end.ts'
import { addPoolJoinCommand } from './pool-join.ts'

const poolOptionSchema = z.object({ pool: z.string().optional() })

/** `kith pool …` */
export function addPoolCommands(program: Command, perform: Perform): void {
  const pool = program.command('pool').description('the groups you share compute with')
  pool
    .command('list')
    .description('the pools of this account and who is in them')
    .action((_options: unknown, command: Command) =>
      perform(command, (context) => runWithSession(context, 'needed', (running) => Promise.resolve(list(running)))),
    )
  pool
    .command('create <name>')
    .description('make a pool to invite others to')
    .action((name: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'needed', async ({ client, output }) => {
          const created = await client.call('pool.create', { name })
          if (!created.ok) return created
          output.result({ type: 'pool-created', poolId: created.value.poolId, name }, `The pool "${name}" is made.`)
          output.note('Invite somebody with "kith pool invite".')
          return ok()
        }),
      ),
    )
  addInviteCreate(pool, perform, 'invite')
  addPoolJoinCommand(pool, perform)
  addPoolEndCommands(pool, perform)
  addStandingCommand(pool, perform, 'suspend')
  addStandingCommand(pool, perform, 'resume')
}

function list({ view, output }: Running) {
  const pools = view.state.pools
  for (const { invites: _secret, ...shown } of pools) output.event({ type: 'pool', ...shown })
  if (!output.isJson) output.result({ type: 'pools' }, pools.flatMap(describePool))
  return ok()
}

function describePool(pool: Pool): string[] {
  const members = pool.members.map(({ username, tag, role, state, isSelf }) => [
    `  ${username}`,
    tag,
    role,
    isSelf ? `${state}, you` : state,
  ])
  const refusal = pool.refusal ? [`  ${pool.refusal.message}`] : []
  const setAside = pool.setAside.map(({ error }) => `  ${error.message}`)
  const heading = `${pool.name}  ${tagOf(pool.poolId)}  ${pool.role}, ${pool.state}`
  return [heading, ...refusal, ...setAside, ...table(members)]
}

function addStandingCommand(pool: Command, perform: Perform, action: 'suspend' | 'resume'): void {
  pool
    .command(`${action} <member>`)
    .description(action === 'suspend' ? 'stop serving a member, at once' : 'take a suspended member back')
    .option('--pool <pool>', 'name or tag of the pool')
    .action((text: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'needed', async ({ client, view, output }) => {
          const found = findManagedPool(view.state.pools, poolOptionSchema.parse(command.opts()).pool)
          if (!found.ok) return found
          const member = findMember(found.value, text)
          if (!member.ok) return member
          const { poolId } = found.value
          const { accountId, username } = member.value
          const name = action === 'suspend' ? 'pool.suspendMember' : 'pool.resumeMember'
          const changed = await client.call(name, { poolId, accountId })
          if (!changed.ok) return changed
          const done = action === 'suspend' ? 'suspended in' : 'back in'
          output.result(
            { type: action === 'suspend' ? 'member-suspended' : 'member-resumed', poolId, accountId },
            `${username} is ${done} the pool "${found.value.name}".`,
          )
          return ok()
        }),
      ),
    )
}
