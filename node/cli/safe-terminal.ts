import { plainLine, plainText } from '../base/plain-text.ts'
import type { Terminal } from './terminal.ts'

/** The only terminal that commands get: nothing passes it that a real one would obey, whoever wrote it. */
export function safeTerminal(terminal: Terminal): Terminal {
  return {
    write: (text) => terminal.write(plainText(text)),
    note: (line) => terminal.note(plainLine(line)),
    readInput: (maxBytes) => terminal.readInput(maxBytes),
    askHidden: (question) => terminal.askHidden(plainLine(question)),
    ask: (question) => terminal.ask(plainLine(question)),
  }
}
