import { connect } from 'node:net'
import { command } from './command.ts'

const probeDeadlineMs = 1_000
/** Nothing listens there: an open way answers with a refusal. */
const port = 9

export type ProbeOutcome = 'refused' | 'silent' | 'unreachable'

/** Knocks at an address and prints what comes back; runs inside a namespace. */
export function runProbe(host: string): void {
  const socket = connect({ host, port, timeout: probeDeadlineMs })
  const say = (outcome: ProbeOutcome): void => {
    process.stdout.write(outcome)
    socket.destroy()
  }
  socket.once('timeout', () => say('silent'))
  socket.once('error', (error: NodeJS.ErrnoException) => say(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'))
}

/** What an address says to a knock from a namespace. */
export function probe(file: string, namespace: string, host: string): Promise<string> {
  return command('ip', 'netns', 'exec', namespace, process.execPath, file, 'probe', host)
}
