import type { KithError } from '../contract/errors.ts'
import { limitOfRefusal } from './limit-view.ts'
import type { Terminal } from './terminal.ts'

/** One line of `--json`. Every line has a `type`; docs/headless.md lists them. */
export interface OutputEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** Prints for a person, or one JSON object a line for a program. */
export class Output {
  constructor(
    private readonly terminal: Terminal,
    readonly isJson: boolean,
  ) {}

  /** A result: the object for a program, the text for a person. */
  result(event: OutputEvent, text: string): void {
    if (this.isJson) this.event(event)
    else if (text !== '') this.terminal.write(`${text}\n`)
  }

  /** Progress that only a program reads on standard output. */
  event(event: OutputEvent): void {
    if (this.isJson) this.terminal.write(`${JSON.stringify(event)}\n`)
  }

  /** A piece of an answer, shown as it comes. */
  piece(text: string): void {
    if (text === '') return
    if (this.isJson) this.event({ type: 'text', text })
    else this.terminal.write(plainAnswer(text))
  }

  note(line: string): void {
    this.terminal.note(line)
  }

  failure(error: KithError): void {
    this.event({ type: 'error', error })
    this.terminal.note(`kith: ${error.message}`)
    const limit = limitOfRefusal(error, Date.now())
    if (limit) this.terminal.note(limit)
  }
}

/** Rows as aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}

/** Text from other computers, made safe for a terminal: no control sequences, no line tricks. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')
}

/** The text of an answer for a terminal: lines and tabs stay, control sequences do not. */
export function plainAnswer(text: string): string {
  return text.replace(/\r/g, '').replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
}
