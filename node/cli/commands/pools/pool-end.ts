import type { Command } from 'commander'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Pool } from '../../../contract/state.ts'
import { addAction } from '../../add-action.ts'
import { findMember, findPool } from '../../find-pool.ts'
import { readPassword } from '../../password.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { passwordQuestion } from '../../sign-in.ts'

type Given = { readonly args: readonly string[] }

/** `kith pool leave`, `hand-over` and `dissolve`: how somebody goes, and how a pool ends. */
export function addPoolEndCommands(pool: Command, perform: Perform): void {
  addAction(pool, perform, {
    usage: 'leave <pool>',
    description: 'leave a pool with all your computers; its owner hands it over or dissolves it first',
    run: leave,
  })
  addAction(pool, perform, {
    usage: 'hand-over <pool> <member>',
    description: 'make another member the owner of your pool; both of you have to be online',
    run: handOver,
  })
  addAction(pool, perform, {
    usage: 'dissolve <pool>',
    description: 'end your pool for everybody in it, for good',
    run: dissolve,
  })
}

async function leave({ client, view, output }: Running, { args: [name = ''] }: Given): Promise<Result<void>> {
  const pool = findPool(view.state.pools, name)
  if (!pool.ok) return pool
  const left = await client.call('pool.leave', { poolId: pool.value.poolId })
  if (!left.ok) return left
  output.result({ type: 'pool-left', poolId: pool.value.poolId }, `You have left the pool "${pool.value.name}".`)
  return ok()
}

async function handOver(running: Running, { args: [name = '', text = ''] }: Given): Promise<Result<void>> {
  const { client, view, output } = running
  const pool = findPool(view.state.pools, name)
  if (!pool.ok) return pool
  const member = findMember(pool.value, text)
  if (!member.ok) return member
  const { username, accountId } = member.value
  const said = `${username} will own the pool "${pool.value.name}" and look after it from one of their computers. You become a member, and can leave. Only ${username} can give it back.`
  const password = await confirmed(running, said)
  if (!password.ok) return password
  const { poolId } = pool.value
  const done = await client.call('pool.handOver', { poolId, accountId, password: password.value })
  if (!done.ok) return done
  const now = `${username} owns the pool "${pool.value.name}" now. You are a member of it.`
  output.result({ type: 'pool-handed-over', poolId, accountId }, now)
  return ok()
}

async function dissolve(running: Running, { args: [name = ''] }: Given): Promise<Result<void>> {
  const { client, view, output } = running
  const pool = findPool(view.state.pools, name)
  if (!pool.ok) return pool
  const password = await confirmed(running, consequences(pool.value))
  if (!password.ok) return password
  const { poolId } = pool.value
  const done = await client.call('pool.dissolve', { poolId, password: password.value })
  if (!done.ok) return done
  output.result({ type: 'pool-dissolved', poolId }, `The pool "${pool.value.name}" is dissolved.`)
  return ok()
}

function consequences({ name, members }: Pool): string {
  const others = members.length - 1
  const whom =
    others === 0 ? 'nobody else is in it' : `it ends for ${others} other ${others === 1 ? 'person' : 'people'}`
  return `Dissolving "${name}" cannot be undone: ${whom}, its API keys and invites stop working, and everybody keeps their own usage and receipts.`
}

/** Says what happens to whom, and asks for the password: neither can be taken back. */
async function confirmed({ context, view, output }: Running, said: string): Promise<Result<string>> {
  const { current } = view.state.account
  if (!current) return fail('not_signed_in')
  output.note(said)
  return readPassword(context, passwordQuestion(current.username))
}
