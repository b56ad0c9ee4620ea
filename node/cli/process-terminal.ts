import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Terminal } from './terminal.ts'

/** The terminal of this process. `onClosed` fires when nobody reads the output any more. */
export function createProcessTerminal(onClosed: () => void): Terminal {
  const { stdin, stdout, stderr } = process
  // `kith chat … | head -1` closes our output; that is a reason to end, not to crash.
  stdout.on('error', onClosed)
  stderr.on('error', onClosed)
  return {
    write: (text) => void stdout.write(text),
    note: (line) => void stderr.write(`${line}\n`),
    readInput: async (maxBytes) => {
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of stdin) {
        const part = Buffer.from(chunk as Uint8Array)
        bytes += part.byteLength
        if (bytes > maxBytes) return null
        chunks.push(part)
      }
      return Buffer.concat(chunks).toString('utf8')
    },
    askHidden: (question) => (stdin.isTTY && stderr.isTTY ? askHidden(question) : Promise.resolve(null)),
    ask: (question) => (stdin.isTTY && stderr.isTTY ? ask(question, stderr) : Promise.resolve(null)),
  }
}

/** Readline edits the line as usual; its output is discarded. */
function askHidden(question: string): Promise<string | null> {
  return ask(question, new Writable({ write: (_chunk, _encoding, done) => done() }))
}

function ask(question: string, output: NodeJS.WritableStream): Promise<string | null> {
  process.stderr.write(question)
  const reader = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  return new Promise((resolve) => {
    const finish = (answer: string | null): void => {
      // A line that is shown has ended itself.
      if (output !== process.stderr || answer === null) process.stderr.write('\n')
      resolve(answer)
      reader.close()
    }
    reader.once('line', finish)
    reader.once('SIGINT', () => finish(null))
    reader.once('close', () => resolve(null))
  })
}
