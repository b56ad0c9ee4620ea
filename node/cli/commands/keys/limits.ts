import type { Command } from 'commander'
import { ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { limitRows } from '../../limit-view.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'

/** `kith limits`: how this account stands against its plans, and each key against its limits. */
export function addLimitsCommand(program: Command, perform: Perform): void {
  addAction(program, perform, {
    usage: 'limits',
    description: 'what your plans and keys allow, what is left, and when it resets',
    run: (running) => Promise.resolve(limits(running)),
  })
}

function limits({ view, output }: Running): Result<void> {
  const { pools, keys } = view.state
  const standing = keys.filter(({ state }) => state === 'enabled' || state === 'disabled')
  for (const { poolId, name, limitStates } of pools) {
    output.event({ type: 'plan-limits', poolId, name, limits: limitStates })
  }
  for (const { keyId, name, limitMode, limitStates } of standing) {
    output.event({ type: 'key-limits', keyId, name, limitMode, limits: limitStates })
  }
  if (output.isJson) return ok()
  const nowMs = Date.now()
  const sections = [
    ...pools.flatMap(({ name, limitStates }) => section(`Your plan in "${name}"`, limitRows(limitStates, nowMs))),
    ...standing.flatMap(({ name, limitMode, limitStates }) =>
      section(`Key "${name}"${limitMode === 'shadow' ? ', not enforced' : ''}`, limitRows(limitStates, nowMs)),
    ),
  ]
  output.result({ type: 'limits' }, sections)
  return ok()
}

function section(heading: string, rows: string[][]): string[] {
  return [heading, ...(rows.length > 0 ? table(rows) : ['  no limit'])]
}
