import { Argument, type Command } from 'commander'
import { z } from 'zod'
import type { CallInput, CallName } from '../../../contract/contract.ts'
import type { PlanId } from '../../../contract/ids.ts'
import { givenRoleSchema } from '../../../contract/pools.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Member, Pool } from '../../../contract/state.ts'
import { addAction, type Action } from '../../add-action.ts'
import { findMember, findRunPool, findUsedPool } from '../../find-pool.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'

const optionsSchema = z.object({ pool: z.string().optional() })
type Options = z.output<typeof optionsSchema>

function poolOption(command: Command): typeof optionsSchema {
  command.option('--pool <pool>', 'name or tag of the pool')
  return optionsSchema
}

/** `kith members …` */
export function addMembersCommands(program: Command, perform: Perform): void {
  const members = program.command('members').description('the people of a pool')
  const add = (action: Omit<Action<Options>, 'options'>): Command =>
    addAction(members, perform, { ...action, options: poolOption })
  add({
    usage: 'list',
    description: 'who is in the pool, with role, plan and state',
    run: (running, { options }) => Promise.resolve(list(running, options)),
  })
  add({
    usage: 'suspend <member>',
    description: 'stop serving a member, at once',
    run: (running, given) =>
      act(running, given, 'member-suspended', 'is suspended in', 'pool.suspendMember', (ids) => ids),
  })
  add({
    usage: 'resume <member>',
    description: 'take a suspended member back',
    run: (running, given) => act(running, given, 'member-resumed', 'is back in', 'pool.resumeMember', (ids) => ids),
  })
  add({
    usage: 'remove <member>',
    description: 'put a member out of the pool; what is written after it stays closed to them',
    run: (running, given) =>
      act(running, given, 'member-removed', 'is no longer in', 'pool.removeMember', (ids) => ids),
  })
  const role = add({
    usage: 'role',
    description: 'make a member an admin, a member or a guest',
    run: (running, given) => {
      const text = givenRoleSchema.parse(given.args[1])
      const done = `has the role ${text} in`
      return act(running, given, 'member-changed', done, 'pool.setMember', (ids) => ({ ...ids, role: text }))
    },
  })
  role.argument('<member>').addArgument(new Argument('<role>').choices(givenRoleSchema.options))
  add({
    usage: 'plan <member> <plan>',
    description: "put a member on a plan, by the plan's name or id",
    run: async (running, given) => {
      const pool = findRunPool(running.view.state.pools, given.options.pool)
      if (!pool.ok) return pool
      const planId = findPlanId(pool.value, given.args[1] ?? '')
      if (!planId.ok) return planId
      const done = `is on the plan "${given.args[1] ?? ''}" in`
      return act(running, given, 'member-changed', done, 'pool.setMember', (ids) => ({ ...ids, planId: planId.value }))
    },
  })
}

/** The plan a person means by its name or id. */
export function findPlanId(pool: Pool, text: string): Result<PlanId> {
  const wanted = text.toLowerCase()
  const found = pool.plans.find(({ planId, name }) => planId === wanted || name.toLowerCase() === wanted)
  return found ? ok(found.planId) : fail('plan_unknown', { plan: text.slice(0, 40) })
}

function list({ view, output }: Running, options: Options): Result<void> {
  const pool = findUsedPool(view.state.pools, options.pool)
  if (!pool.ok) return pool
  const { poolId, members, plans } = pool.value
  for (const member of members) output.event({ type: 'member', poolId, ...member })
  if (output.isJson) return ok()
  const planName = ({ planId }: Member): string => plans.find((plan) => plan.planId === planId)?.name ?? planId
  const rows = members.map((member) => [
    member.username,
    member.tag,
    member.role,
    planName(member),
    member.isSelf ? `${member.state}, you` : member.state,
  ])
  output.result({ type: 'members' }, table(rows))
  return ok()
}

type MemberCall = Extract<CallName, 'pool.suspendMember' | 'pool.resumeMember' | 'pool.removeMember' | 'pool.setMember'>

/** Finds the member, makes the call, and says what has happened. */
async function act<N extends MemberCall>(
  { view, client, output }: Running,
  { args: [text = ''], options }: { readonly args: readonly string[]; readonly options: Options },
  type: string,
  done: string,
  call: N,
  input: (ids: Pick<Pool, 'poolId'> & Pick<Member, 'accountId'>) => CallInput<N>,
): Promise<Result<void>> {
  const pool = findRunPool(view.state.pools, options.pool)
  if (!pool.ok) return pool
  const member = findMember(pool.value, text)
  if (!member.ok) return member
  const ids = { poolId: pool.value.poolId, accountId: member.value.accountId }
  const changed = await client.call(call, input(ids))
  if (!changed.ok) return changed
  output.result({ type, ...ids }, `${member.value.username} ${done} the pool "${pool.value.name}".`)
  return ok()
}
