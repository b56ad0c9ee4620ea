import type { Command } from 'commander'
import { z } from 'zod'
import { ok } from '../../../contract/result.ts'
import { tokensOf, type ReceiptView } from '../../../contract/usage.ts'
import { addAction } from '../../add-action.ts'
import { findKey } from '../../find-key.ts'
import { wholeNumber } from '../../option-values.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import { addRangeOptions, rangeOf, rangeOptions } from './usage-range.ts'

const optionsSchema = rangeOptions.extend({ key: z.string().optional(), max: z.number() })
const usualSpanMs = 30 * 86_400_000

/** `kith usage receipts`: one line an attempt, the newest first. */
export function addUsageReceiptsCommand(usage: Command, perform: Perform): void {
  addAction(usage, perform, {
    usage: 'receipts',
    description: 'single answers, the newest first',
    options: (command) => {
      addRangeOptions(command)
      command
        .option('--key <key>', 'those of one key, by its name or id')
        .option('--max <number>', 'how many at most', wholeNumber(1, 500), 50)
      return optionsSchema
    },
    run: async (running, { options }) => {
      const { view, client, output } = running
      const range = rangeOf(running, options, usualSpanMs)
      if (!range.ok) return range
      const key = options.key === undefined ? null : findKey(view.state.keys, options.key)
      if (key && !key.ok) return key
      const found = await client.call('usage.receipts', {
        ...range.value,
        keyId: key?.value.keyId ?? null,
        max: options.max,
      })
      if (!found.ok) return found
      const { receipts } = found.value
      for (const receipt of receipts) output.event({ type: 'receipt', ...receipt })
      if (output.isJson) return ok()
      output.result(
        { type: 'receipts' },
        receipts.length > 0
          ? [...table(receipts.map(rowOf)), ...receipts.flatMap(lieOf)]
          : 'There are none in this time.',
      )
      return ok()
    },
  })
}

/** Which machine said what cannot be true, and what was counted instead. */
function lieOf(receipt: ReceiptView): string[] {
  const { said, machineName, machineAccountName, finishedAtMs } = receipt
  if (!said) return []
  const machine = machineAccountName === '' ? machineName : `${machineAccountName} (${machineName})`
  const when = new Date(finishedAtMs).toISOString().slice(0, 19)
  return [`${when}  ${machine} said ${tokensOf(said)} tokens, which cannot be true: ${tokensOf(receipt)} were counted.`]
}

function rowOf(receipt: ReceiptView): string[] {
  return [
    new Date(receipt.finishedAtMs).toISOString().slice(0, 19),
    receipt.direction === 'served' ? receipt.accountName : receipt.keyName || 'chat',
    receipt.model,
    receipt.machineName,
    `${receipt.promptTokens}+${receipt.completionTokens} tokens${receipt.countedBy === 'stream' ? ' (estimated)' : ''}`,
    `${receipt.durationMs} ms`,
    receipt.outcome,
    receipt.state,
    clockOf(receipt),
  ]
}

/** How far the clock was off by which a receipt is dated. */
function clockOf({ clockOffMs }: ReceiptView): string {
  if (clockOffMs === null) return ''
  return `clock ${Math.round(Math.abs(clockOffMs) / 60_000)} min ${clockOffMs > 0 ? 'ahead' : 'behind'}`
}
