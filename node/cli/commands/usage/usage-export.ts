import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { codeOf } from '../../../base/files.ts'
import { plainJson } from '../../../base/plain-text.ts'
import { fail, ok } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import type { Perform } from '../../perform.ts'
import { addRangeOptions, rangeOf, rangeOptions } from './usage-range.ts'

const optionsSchema = rangeOptions.extend({ jsonLines: z.boolean().default(false), output: z.string().optional() })
const usualSpanMs = 365 * 86_400_000

/** `kith usage export`: the receipts themselves, on standard output or in a file. */
export function addUsageExportCommand(usage: Command, perform: Perform): void {
  addAction(usage, perform, {
    usage: 'export',
    description: 'receipts for a spreadsheet or a program',
    options: (command) => {
      addRangeOptions(command)
      command
        .option('--csv', 'a line of commas for each; this is the usual form')
        .option('--json-lines', 'one JSON object a line')
        .option('--output <file>', 'write them there; never over a file that exists')
      return optionsSchema
    },
    run: async (running, { options }) => {
      const { client, output } = running
      const range = rangeOf(running, options, usualSpanMs)
      if (!range.ok) return range
      const format = options.jsonLines ? 'json' : 'csv'
      const exported = await client.call('usage.export', { ...range.value, format })
      if (!exported.ok) return exported
      const { fileName } = exported.value
      const text = options.jsonLines ? jsonLines(exported.value.text) : exported.value.text
      if (options.output === undefined) {
        output.document({ type: 'usage-exported', fileName, text }, text.replace(/\r?\n$/, ''))
        return ok()
      }
      const path = resolve(options.output)
      try {
        await writeFile(path, text, { flag: 'wx', mode: 0o600 })
      } catch (cause) {
        return fail('storage_failed', { reason: `${path}: ${codeOf(cause) ?? 'unknown'}` })
      }
      output.result({ type: 'usage-exported', path }, `The receipts are in ${path}.`)
      return ok()
    },
  })
}

const exportSchema = z.object({ receipts: z.array(z.record(z.string(), z.unknown())) })

/** One receipt per line, for programs that read a stream. */
function jsonLines(text: string): string {
  const { receipts } = exportSchema.parse(JSON.parse(text))
  return receipts.map((receipt) => `${plainJson(JSON.stringify(receipt))}\n`).join('')
}
