import type { Command } from 'commander'
import { withSlots } from '../../../contract/engine-slots.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'

/** `kith models slots <engine> <number>` */
export function addSlotsCommand(models: Command, perform: Perform): void {
  addAction(models, perform, {
    usage: 'slots <engine> <number>',
    description:
      'how many answers Ollama, or the server at an address, is asked for at once; "usual" for its usual number',
    run: (running, { args: [engine = '', number = ''] }) => setSlots(running, engine, number),
  })
}

async function setSlots({ client, view, output }: Running, named: string, text: string): Promise<Result<void>> {
  const { engines, settings } = view.state
  const engine = named.replace(/\/+$/, '').replace(/\/v1$/, '')
  if (engine !== 'ollama' && !engines.servers.some(({ url }) => url === engine)) {
    return fail('bad_request', { reason: 'say "ollama", or the address of a server that was added' })
  }
  const slots = text === 'usual' ? null : Number(text)
  if (slots !== null && (!Number.isInteger(slots) || slots < 1 || slots > 1_024)) {
    return fail('bad_request', { reason: 'say a number from 1 to 1024, or "usual"' })
  }
  const engineSlots = withSlots(engines, settings.engineSlots ?? {}, engine, slots)
  const changed = await client.call('settings.update', { engineSlots })
  if (!changed.ok) return changed
  output.result(
    { type: 'engine-slots', engine, slots },
    slots === null ? `${engine} has its usual number.` : `${engine} is asked for ${slots} at once.`,
  )
  return ok()
}
