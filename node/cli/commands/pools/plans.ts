import type { Command } from 'commander'
import { z } from 'zod'
import { planIdSchema } from '../../../contract/ids.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { findRunPool, findUsedPool } from '../../find-pool.ts'
import { addLimitOptions, changedLimits, ownTimeZone, readLimitChoice, type LimitChoice } from '../../limit-options.ts'
import { text } from '../../option-values.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { findPlanId } from './members.ts'
import { shapeOf, heldLimits } from '../../../limits/limit-names.ts'

const poolOptionSchema = z.object({ pool: z.string().optional() })
const setOptionsSchema = poolOptionSchema.extend({ name: z.string().optional() })
type SetOptions = z.output<typeof setOptionsSchema> & { readonly limits: LimitChoice }

/** `kith plans …`: what the members of a pool may use. */
export function addPlansCommands(program: Command, perform: Perform): void {
  const plans = program.command('plans').description('what members may use of the computers of a pool')
  const poolOption = (command: Command) => {
    command.option('--pool <pool>', 'name or tag of the pool')
    return poolOptionSchema
  }
  addAction(plans, perform, {
    usage: 'list',
    description: 'the plans of the pool and their limits',
    options: poolOption,
    run: async ({ view, output }, { options }) => {
      const pool = findUsedPool(view.state.pools, options.pool)
      if (!pool.ok) return pool
      for (const plan of pool.value.plans) output.event({ type: 'plan', poolId: pool.value.poolId, ...plan })
      if (output.isJson) return ok()
      const rows = pool.value.plans.map(({ planId, name, limits, limitMode }) => [
        name,
        planId,
        heldLimits(limits)
          .map(([limit, value]) => `${value} ${shapeOf(limit).words}`)
          .join(', ') || 'no limit',
        limitMode === 'shadow' ? 'not enforced' : '',
      ])
      output.result({ type: 'plans' }, rows.length > 0 ? table(rows) : 'There is no plan yet.')
      return ok()
    },
  })
  addAction<SetOptions>(plans, perform, {
    usage: 'set <plan>',
    description: 'make a plan, or change the one of that id',
    options: (command) => {
      command
        .option('--name <name>', 'what people call it', text(40))
        .option('--pool <pool>', 'name or tag of the pool')
      addLimitOptions(command)
      return { parse: (values: unknown) => ({ ...setOptionsSchema.parse(values), limits: readLimitChoice(values) }) }
    },
    run: (running, { args: [id = ''], options }) => setPlan(running, id, options),
  })
  addAction(plans, perform, {
    usage: 'remove <plan>',
    description: 'take a plan away that nobody is on',
    options: poolOption,
    run: async ({ view, client, output }, { args: [name = ''], options }) => {
      const pool = findRunPool(view.state.pools, options.pool)
      if (!pool.ok) return pool
      const planId = findPlanId(pool.value, name)
      if (!planId.ok) return planId
      const removed = await client.call('pool.removePlan', { poolId: pool.value.poolId, planId: planId.value })
      if (!removed.ok) return removed
      output.result({ type: 'plan-removed', poolId: pool.value.poolId, planId: planId.value }, `The plan is removed.`)
      return ok()
    },
  })
}

async function setPlan({ view, client, output }: Running, id: string, options: SetOptions): Promise<Result<void>> {
  const pool = findRunPool(view.state.pools, options.pool)
  if (!pool.ok) return pool
  const known = findPlanId(pool.value, id)
  const parsed = planIdSchema.safeParse(id)
  if (!known.ok && !parsed.success) {
    return fail('bad_request', { reason: 'the id of a plan has small letters, digits and dashes' })
  }
  const planId = known.ok ? known.value : planIdSchema.parse(id)
  const before = pool.value.plans.find((plan) => plan.planId === planId)
  const { limits } = options
  const plan = {
    planId,
    name: options.name ?? before?.name ?? id,
    limits: changedLimits(before?.limits ?? {}, limits),
    limitMode: limits.mode ?? before?.limitMode ?? ('enforced' as const),
    timeZone: limits.timeZone ?? before?.timeZone ?? ownTimeZone(),
  }
  const saved = await client.call('pool.savePlan', { poolId: pool.value.poolId, plan })
  if (!saved.ok) return saved
  output.result(
    { type: 'plan-saved', poolId: pool.value.poolId, ...plan },
    `The plan "${plan.name}" is ${before ? 'changed' : 'made'}.`,
  )
  return ok()
}
