import type { Command } from 'commander'
import { z } from 'zod'
import type { CallInput, CallName } from '../../../contract/contract.ts'
import type { ApiKey } from '../../../contract/keys.ts'
import { ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { findKey } from '../../find-key.ts'
import { overlapMs } from '../../option-values.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { addKeyCreateCommand } from './keys-create.ts'
import { addKeyLimitsCommand } from './keys-limits.ts'
import { describeKey } from './keys-view.ts'

/** `kith keys …` */
export function addKeysCommands(program: Command, perform: Perform): void {
  const keys = program.command('keys').description('API keys, for programs that ask your pools')
  addAction(keys, perform, {
    usage: 'list',
    description: 'the keys of this account',
    options: (command) => {
      command.option('--all', 'revoked ones too')
      return z.object({ all: z.boolean().default(false) })
    },
    run: (running, { options }) => Promise.resolve(listKeys(running, options.all)),
  })
  addKeyCreateCommand(keys, perform)
  addAction(keys, perform, {
    usage: 'show <key>',
    description: 'one key, by its name or id',
    run: async ({ view, output }, { args: [text = ''] }) => {
      const key = findKey(view.state.keys, text)
      if (!key.ok) return key
      output.result({ type: 'key', ...key.value }, describeKey(key.value, view.state.pools, Date.now()))
      return ok()
    },
  })
  addAction(keys, perform, {
    usage: 'rename <key> <name>',
    description: 'give a key another name',
    run: async (running, { args: [text = '', name = ''] }) =>
      change(running, text, 'key-renamed', `is now called "${name}"`, 'key.update', ({ keyId }) => ({
        keyId,
        change: { name },
      })),
  })
  for (const isEnabled of [false, true]) {
    const word = isEnabled ? 'on' : 'off'
    addAction(keys, perform, {
      usage: isEnabled ? 'enable <key>' : 'disable <key>',
      description: `switch a key ${word}`,
      run: (running, { args: [text = ''] }) =>
        change(
          running,
          text,
          isEnabled ? 'key-enabled' : 'key-disabled',
          `is switched ${word}`,
          'key.setEnabled',
          ({ keyId }) => ({ keyId, isEnabled }),
        ),
    })
  }
  addAction(keys, perform, {
    usage: 'rotate <key>',
    description: 'give a key a new secret; prints the whole key, once',
    options: (command) => {
      command.option('--overlap <time>', 'how long the old secret still works: 0, 1h, 7d', overlapMs, 0)
      return z.object({ overlap: z.number() })
    },
    run: rotate,
  })
  addAction(keys, perform, {
    usage: 'revoke <key>',
    description: 'end a key for good',
    run: (running, { args: [text = ''] }) =>
      change(running, text, 'key-revoked', 'is revoked and will not work again', 'key.revoke', ({ keyId }) => ({
        keyId,
      })),
  })
  addKeyLimitsCommand(keys, perform)
}

function listKeys({ view, output }: Running, isAll: boolean): Result<void> {
  const keys = view.state.keys.filter((key) => isAll || key.state !== 'revoked')
  for (const key of keys) output.event({ type: 'key', ...key })
  if (output.isJson) return ok()
  const poolName = (key: ApiKey): string => view.state.pools.find(({ poolId }) => poolId === key.poolId)?.name ?? ''
  const rows = keys.map((key) => [
    key.name,
    key.keyId.slice(0, 6),
    key.masked,
    key.state,
    poolName(key),
    key.lastUsedAtMs === null ? 'never used' : `used ${new Date(key.lastUsedAtMs).toISOString().slice(0, 16)}Z`,
  ])
  output.result(
    { type: 'keys' },
    rows.length > 0 ? table(rows) : 'There is no key yet: make one with "kith keys create <name>".',
  )
  return ok()
}

/** Finds the key, makes the call, and says what has happened. */
async function change<N extends Extract<CallName, 'key.update' | 'key.setEnabled' | 'key.revoke'>>(
  { view, client, output }: Running,
  text: string,
  type: string,
  done: string,
  call: N,
  input: (key: ApiKey) => CallInput<N>,
): Promise<Result<void>> {
  const key = findKey(view.state.keys, text)
  if (!key.ok) return key
  const changed = await client.call(call, input(key.value))
  if (!changed.ok) return changed
  output.result({ type, keyId: key.value.keyId }, `The key "${key.value.name}" ${done}.`)
  return ok()
}

async function rotate(
  { view, client, output }: Running,
  { args: [text = ''], options }: { readonly args: readonly string[]; readonly options: { overlap: number } },
): Promise<Result<void>> {
  const key = findKey(view.state.keys, text)
  if (!key.ok) return key
  const { keyId, name } = key.value
  const rotated = await client.call('key.rotate', { keyId, overlapMs: options.overlap })
  if (!rotated.ok) return rotated
  output.result({ type: 'key-rotated', keyId, plainKey: rotated.value.plainKey }, rotated.value.plainKey)
  const until =
    options.overlap === 0 ? 'no longer works' : `works until ${new Date(Date.now() + options.overlap).toISOString()}`
  output.note(`This is the new key "${name}". It is shown once. The old one ${until}.`)
  return ok()
}
