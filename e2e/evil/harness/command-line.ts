import { runKith } from '../../../node/cli/program.ts'
import type { Person } from './scene.ts'

/** What one command wrote to the terminal of whoever ran it. */
export interface Run {
  readonly code: number
  readonly text: string
}

/** Runs `kith` at somebody's terminal, against the peer that runs there. */
export async function runCommand({ install }: Person, argv: readonly string[]): Promise<Run> {
  let text = ''
  const code = await runKith(
    {
      terminal: {
        write: (piece) => void (text += piece),
        note: (line) => void (text += `${line}\n`),
        readInput: () => Promise.resolve(''),
        askHidden: () => Promise.resolve(null),
        ask: () => Promise.resolve(null),
      },
      env: {},
      signal: new AbortController().signal,
      version: '0.0.0-test',
      commandName: 'kith',
      createPeer: () => {
        throw new Error(`No peer of ${install.username} listens for commands`)
      },
    },
    ['--profile', install.profileDir, ...argv],
  )
  return { code, text }
}
