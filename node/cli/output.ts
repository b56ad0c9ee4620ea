import { plainJson, plainLine, plainText, PlainTextStream } from '../base/plain-text.ts'
import type { KithError } from '../contract/errors.ts'
import { limitOfRefusal } from './limit-view.ts'
import type { Terminal } from './terminal.ts'

/** One line of `--json`. Every line has a `type`; docs/headless.md lists them. */
export interface OutputEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * Prints for a person, or one JSON object a line for a program.
 *
 * All that a command says goes through here, and comes out safe for a terminal: names, models, reasons and answers
 * are written by other people's computers. A line stays one line, whatever is in it.
 */
export class Output {
  readonly #pieces = new PlainTextStream()

  constructor(
    private readonly terminal: Terminal,
    readonly isJson: boolean,
  ) {}

  /** A result: the object for a program; a line, or several, for a person. */
  result(event: OutputEvent, text: string | readonly string[]): void {
    if (this.isJson) return this.event(event)
    for (const line of typeof text === 'string' ? [text] : text) this.terminal.write(`${plainLine(line)}\n`)
  }

  /** A result that is a document of its own, such as an export: its lines stay as they are. */
  document(event: OutputEvent, text: string): void {
    if (this.isJson) this.event(event)
    else this.terminal.write(`${plainText(text)}\n`)
  }

  /** Progress that only a program reads on standard output. */
  event(event: OutputEvent): void {
    if (this.isJson) this.terminal.write(`${plainJson(JSON.stringify(event))}\n`)
  }

  /** A piece of an answer, shown as it comes. */
  piece(text: string): void {
    if (text === '') return
    if (this.isJson) this.event({ type: 'text', text })
    else this.terminal.write(this.#pieces.push(text))
  }

  note(line: string): void {
    this.terminal.note(plainLine(line))
  }

  failure(error: KithError): void {
    this.event({ type: 'error', error })
    this.note(`kith: ${error.message}`)
    const limit = limitOfRefusal(error, Date.now())
    if (limit) this.note(limit)
  }
}

/** Rows as the lines of aligned columns. A cell stays in its place, whatever is in it. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const plain = rows.map((row) => row.map(plainLine))
  const widths = (plain[0] ?? []).map((_cell, column) => Math.max(...plain.map((row) => row[column]?.length ?? 0)))
  return plain.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
