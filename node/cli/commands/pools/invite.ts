import { Option, type Command } from 'commander'
import { z } from 'zod'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Invite } from '../../../contract/state.ts'
import { addAction } from '../../add-action.ts'
import { findOne } from '../../find-one.ts'
import { findManagedPool, findRunPool } from '../../find-pool.ts'
import { lifetimeMs, wholeNumber } from '../../option-values.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { findPlanId } from './members.ts'

const poolOptionSchema = z.object({ pool: z.string().optional() })
const optionsSchema = poolOptionSchema.extend({
  role: z.enum(['member', 'guest']),
  plan: z.string().optional(),
  uses: z.number(),
  expires: z.number(),
  page: z.boolean().default(false),
})
type CreateOptions = z.output<typeof optionsSchema>

/** `kith invite …` */
export function addInviteCommands(program: Command, perform: Perform): void {
  const invite = program.command('invite').description('links that let people join a pool')
  addInviteCreate(invite, perform, 'create')
  addAction(invite, perform, {
    usage: 'list',
    description: 'the invites of the pool; links are shown for those made here',
    options: poolOption,
    run: (running, { options }) => Promise.resolve(list(running, options.pool)),
  })
  addAction(invite, perform, {
    usage: 'revoke <invite>',
    description: 'withdraw an invite, by the beginning of its id',
    options: poolOption,
    run: async ({ view, client, output }, { args: [text = ''], options }) => {
      const pool = findRunPool(view.state.pools, options.pool)
      if (!pool.ok) return pool
      const found = findInvite(pool.value.invites, text)
      if (!found.ok) return found
      const { inviteId } = found.value
      const revoked = await client.call('pool.revokeInvite', { poolId: pool.value.poolId, inviteId })
      if (!revoked.ok) return revoked
      output.result({ type: 'invite-revoked', poolId: pool.value.poolId, inviteId }, 'The invite is withdrawn.')
      return ok()
    },
  })
}

/** Makes a link and prints it, alone on standard output. `kith pool invite` is the same. */
export function addInviteCreate(parent: Command, perform: Perform, usage: string): void {
  addAction<CreateOptions>(parent, perform, {
    usage,
    description: 'make a link that lets somebody join',
    options: (command) => {
      command
        .option('--pool <pool>', 'name or tag of the pool')
        .addOption(
          new Option('--role <role>', 'what the invited become').choices(['member', 'guest']).default('member'),
        )
        .option('--plan <plan>', 'the plan they are on')
        .option('--uses <number>', 'how often the link may be used', wholeNumber(1, 1_000), 1)
        .option('--expires <time>', 'how long it is good: 30m, 12h, 7d', lifetimeMs, 7 * 86_400_000)
        .option('--page', 'print a page that any browser opens, to be sent as a file, instead of the link')
      return optionsSchema
    },
    run: (running, { options }) => create(running, options),
  })
}

async function create({ client, view, output }: Running, options: CreateOptions): Promise<Result<void>> {
  const pool = findManagedPool(view.state.pools, options.pool)
  if (!pool.ok) return pool
  const planId = options.plan === undefined ? null : findPlanId(pool.value, options.plan)
  if (planId && !planId.ok) return planId
  const invite = await client.call('pool.createInvite', {
    poolId: pool.value.poolId,
    role: options.role,
    ...(planId ? { planId: planId.value } : {}),
    usesAllowed: options.uses,
    lifetimeMs: options.expires,
  })
  if (!invite.ok) return invite
  const page = options.page ? await client.call('pool.invitePage', { link: invite.value.link }) : null
  if (page && !page.ok) return page
  const said = page?.value.text ?? invite.value.link
  output.result({ type: 'invite', poolName: pool.value.name, ...invite.value }, said)
  const until = new Date(invite.value.expiresAtMs).toISOString()
  const uses = options.uses === 1 ? 'once' : `${options.uses} times`
  output.note(`An invite to "${pool.value.name}", good ${uses}, until ${until}. Send it to them alone.`)
  return ok()
}

function list({ view, output }: Running, poolText: string | undefined): Result<void> {
  const pool = findRunPool(view.state.pools, poolText)
  if (!pool.ok) return pool
  const { poolId, invites } = pool.value
  for (const invite of invites) output.event({ type: 'invite', poolId, ...invite })
  if (output.isJson) return ok()
  const rows = invites.map(({ inviteId, state, role, planId, usesSpent, usesAllowed, expiresAtMs, link }) => [
    inviteId.slice(0, 6),
    state,
    role,
    planId,
    `used ${usesSpent} of ${usesAllowed}`,
    `until ${new Date(expiresAtMs).toISOString().slice(0, 16)}Z`,
    state === 'open' ? link : '',
  ])
  output.result({ type: 'invites' }, rows.length > 0 ? table(rows) : 'There is no invite.')
  return ok()
}

function findInvite(invites: readonly Invite[], text: string): Result<Invite> {
  return findOne(invites, text, {
    kind: 'invite',
    option: 'more of its id',
    name: ({ link }) => link,
    id: ({ inviteId }) => inviteId,
    none: () => fail('invite_unknown'),
  })
}

function poolOption(command: Command): typeof poolOptionSchema {
  command.option('--pool <pool>', 'name or tag of the pool')
  return poolOptionSchema
}
