import type { Command } from 'commander'
import { z } from 'zod'
import { fail, type Result } from '../../../contract/result.ts'
import { findPool } from '../../find-pool.ts'
import { whyNoOffer } from '../../no-offer.ts'
import { findOffer, offeredModels, type Offer } from '../../offers.ts'
import { decimalNumber, wholeNumber } from '../../option-values.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'
import { streamAnswer } from './chat-answer.ts'

const optionsSchema = z.object({
  model: z.string().optional(),
  pool: z.string().optional(),
  maxTokens: z.number().optional(),
  temperature: z.number().optional(),
  wait: z.number(),
  timeout: z.number().optional(),
  keep: z.boolean().default(false),
})
export type ChatOptions = z.output<typeof optionsSchema>

const maxPromptCharacters = 200_000

/** `kith chat "<prompt>"`: the answer on standard output as it comes, all else on standard error. */
export function addChatCommand(program: Command, perform: Perform): void {
  program
    .command('chat <prompt>')
    .description('ask a model of your pools; "-" reads the prompt from standard input')
    .option('--model <name>', 'which model; otherwise the one of the last chat, or any')
    .option('--pool <pool>', 'name or tag of the pool to ask; otherwise the nearest that has the model')
    .option('--max-tokens <number>', 'longest answer', wholeNumber(1, 32_768))
    .option('--temperature <number>', '0 makes the answer repeatable', decimalNumber(0, 2))
    .option('--wait <seconds>', 'how long to wait for a computer with the model', wholeNumber(0, 3_600), 30)
    .option('--timeout <seconds>', 'how long the whole answer may take', wholeNumber(1, 86_400))
    .option('--keep', 'keep question and answer among the chats of the window')
    .action((prompt: string, _options: unknown, command: Command) =>
      perform(command, async (context) => {
        const options = optionsSchema.parse(command.opts())
        const text = prompt === '-' ? await context.host.terminal.readInput(4 * maxPromptCharacters) : prompt
        if (text === null || text.length > maxPromptCharacters) {
          return fail('too_large', { limit: `${maxPromptCharacters} characters` })
        }
        if (text.trim() === '') return fail('bad_request', { reason: 'the prompt is empty' })
        return runWithSession(context, 'needed', (running) => chat(running, text, options))
      }),
    )
}

async function chat(running: Running, prompt: string, options: ChatOptions): Promise<Result<void>> {
  const offer = await waitForOffer(running, options)
  if (!offer.ok) return offer
  return streamAnswer(running, offer.value, prompt, options)
}

/** Waits until a computer that we may ask offers the model, and says what it waits for. */
async function waitForOffer(running: Running, options: ChatOptions): Promise<Result<Offer>> {
  const { view, output, signal, context } = running
  const pool = options.pool === undefined ? null : findPool(view.state.pools, options.pool)
  if (pool && !pool.ok) return pool
  if (pool?.value.refusal) return { ok: false, error: pool.value.refusal }
  const wish = { model: options.model, poolId: pool?.value.poolId }
  const now = findOffer(view.state, wish)
  if (now) return { ok: true, value: now }

  const what = options.model === undefined ? 'a model' : `the model "${options.model}"`
  const where = pool ? `in the pool "${pool.value.name}"` : 'in your pools'
  output.note(`Waiting up to ${options.wait} s for a computer ${where} that offers ${what} …`)
  output.event({ type: 'waiting', model: options.model ?? null, poolId: wish.poolId ?? null, seconds: options.wait })
  const found = await view.waitFor((state) => findOffer(state, wish), options.wait * 1_000, signal)
  if (found) return { ok: true, value: found }
  if (signal.aborted) return context.host.signal.aborted ? fail('stopped') : fail('peer_stopped')
  const { network } = view.state
  const offered = offeredModels(view.state, wish.poolId)
  output.note(`Network: ${network.state}, ${network.connectedMachines} computers connected. ${network.reason}`)
  if (offered.length > 0) output.note(`Models offered now: ${offered.join(', ')}`)
  const refusal = view.state.pools.find((one) => one.refusal !== null)?.refusal
  if (refusal && offered.length === 0) return { ok: false, error: refusal }
  return { ok: false, error: whyNoOffer(view.state, wish) }
}
