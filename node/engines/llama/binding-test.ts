import childProcess, { type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { z } from 'zod'

const commandSchema = z.object({ type: z.enum(['start', 'test', 'exit']) })
const replies = { start: 'loaded', test: 'done' } as const

/**
 * Lets node-llama-cpp load its binary without trying it in a process of its own first.
 *
 * It forks Node for that try, which an Electron with the RunAsNode fuse off cannot do: no binary would ever
 * be found in the packaged app on Linux (docs/decisions/0020). This process is such a try already: when it
 * crashes, the peer notices and goes on without the graphics card.
 */
export function passBindingTest(): void {
  childProcess.fork = () => passedTest()
  syncBuiltinESMExports()
}

/** Behaves like the library's own test process in which everything went well. */
function passedTest(): ChildProcess {
  const events = new EventEmitter()
  const say = (type: string): void => void setImmediate(() => events.emit('message', { type }))
  const send = (message: unknown): boolean => {
    const command = commandSchema.safeParse(message)
    if (!command.success) return false
    if (command.data.type === 'exit') setImmediate(() => events.emit('exit', 0))
    else say(replies[command.data.type])
    return true
  }
  say('ready')
  const nothing = { pid: undefined, exitCode: null, killed: false, stdout: null, stderr: null, kill: () => true }
  // The library uses nothing else of the child.
  return Object.assign(events, nothing, { send }) as unknown as ChildProcess
}
