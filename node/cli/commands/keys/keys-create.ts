import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { keyScopeSchema, type KeyScope } from '../../../contract/keys.ts'
import { ok } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { findUsedPool } from '../../find-pool.ts'
import { addLimitOptions, changedLimits, ownTimeZone, readLimitChoice } from '../../limit-options.ts'
import { lifetimeMs, list } from '../../option-values.ts'
import type { Perform } from '../../perform.ts'
import { takenPortWarning } from '../peer/taken-port.ts'

const optionsSchema = z.object({
  pool: z.string().optional(),
  models: z.array(z.string()).optional(),
  scope: z.array(keyScopeSchema),
  expires: z.number().optional(),
})

/** `kith keys create`: prints the plain key, alone on standard output. */
export function addKeyCreateCommand(keys: Command, perform: Perform): void {
  addAction(keys, perform, {
    usage: 'create <name>',
    description: 'make a key; prints it whole, once',
    options: (command) => {
      command
        .option('--pool <pool>', 'name or tag of the pool it asks; otherwise the only shared one')
        .option('--models <names>', 'models it may ask, with commas; otherwise all', list)
        .option('--scope <scopes>', 'what it may do: inference, manage, metrics', scopes, ['inference'])
        .option('--expires <time>', 'how long it works: 12h, 30d', lifetimeMs)
      addLimitOptions(command)
      return { parse: (values) => ({ ...optionsSchema.parse(values), limits: readLimitChoice(values) }) }
    },
    run: async ({ client, view, output }, { args: [name = ''], options }) => {
      const pool = findUsedPool(view.state.pools, options.pool)
      if (!pool.ok) return pool
      const made = await client.call('key.create', {
        poolId: pool.value.poolId,
        name,
        scopes: options.scope,
        allowedModels: options.models ?? null,
        limits: changedLimits({}, options.limits),
        limitMode: options.limits.mode ?? 'enforced',
        timeZone: options.limits.timeZone ?? ownTimeZone(),
        expiresAtMs: options.expires === undefined ? null : Date.now() + options.expires,
      })
      if (!made.ok) return made
      const { plainKey, key } = made.value
      output.result({ type: 'key-created', plainKey, ...key }, plainKey)
      output.note(`This is the key "${name}" for the pool "${pool.value.name}". It is shown once: keep it.`)
      const { url } = view.state.api
      if (url) output.note(`Programs use it at ${url}`)
      const warning = takenPortWarning(view.state.api)
      if (warning !== null) output.note(warning)
      return ok()
    },
  })
}

function scopes(text: string): KeyScope[] {
  const parsed = z.array(keyScopeSchema).safeParse(list(text))
  if (!parsed.success) throw new InvalidArgumentError(`Expected ${keyScopeSchema.options.join(', ')}.`)
  return parsed.data
}
