import type { Command } from 'commander'
import { z } from 'zod'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'

const addOptionsSchema = z.object({ key: z.boolean().default(false) })

/** `kith servers …`: model servers that speak the OpenAI API. */
export function addServersCommands(program: Command, perform: Perform): void {
  const servers = program.command('servers').description('model servers that speak the OpenAI API')
  addAction(servers, perform, {
    usage: 'list',
    description: 'the servers this computer uses',
    run: async ({ view, output }) => {
      const { servers: known } = view.state.engines
      for (const server of known) output.event({ type: 'server', ...server })
      if (output.isJson) return ok()
      const rows = known.map(({ url, state, hasKey }) => [url, state, hasKey ? 'with a key' : ''])
      output.result({ type: 'servers' }, rows.length > 0 ? table(rows) : 'There is no server yet.')
      return ok()
    },
  })
  addAction(servers, perform, {
    usage: 'add <url>',
    description: 'use a server; added again with --key, it gets another key',
    options: (command) => {
      // A key is never an argument: every user of a computer can read those.
      command.option('--key', 'ask for the key it wants, or take it from KITH_SERVER_KEY')
      return addOptionsSchema
    },
    run: (running, { args: [url = ''], options }) => addServer(running, url, options.key),
  })
  addAction(servers, perform, {
    usage: 'remove <url>',
    description: 'stop using a server, and forget its key',
    run: async ({ client, output }, { args: [url = ''] }) => {
      const removed = await client.call('engine.removeServer', { url })
      if (!removed.ok) return removed
      output.result({ type: 'server-removed', url }, `The server ${url} is removed.`)
      return ok()
    },
  })
}

async function addServer({ client, context, output }: Running, url: string, asksKey: boolean): Promise<Result<void>> {
  const { env, terminal } = context.host
  const apiKey = asksKey ? env['KITH_SERVER_KEY'] || (await terminal.askHidden('Key of the server: ')) : undefined
  if (apiKey === null || apiKey === '') return fail('bad_request', { reason: 'a key was to be given, and none was' })
  const added = await client.call('engine.addServer', { url, ...(apiKey === undefined ? {} : { apiKey }) })
  if (!added.ok) return added
  output.result({ type: 'server-added', url }, `The server ${url} is used now.`)
  return ok()
}
