import { fork } from 'node:child_process'
import { childEnvironment } from './child-environment.ts'
import type { Child, SpawnChild } from './child.ts'
import { Listeners } from './listeners.ts'

/** Starts a child under plain Node. Its output is dropped: it speaks in messages only. */
export const forkChild: SpawnChild = ({ modulePath }): Child => {
  const child = fork(modulePath, [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: childEnvironment(process.env),
  })
  // A failed spawn or send is followed by an exit or a closed channel, which the owner hears of.
  let hasFailed = false
  const exits = new Listeners<number | null>()
  let hasExited = false
  const exited = (code: number | null): void => {
    if (hasExited) return
    hasExited = true
    exits.emit(code)
  }
  child.once('exit', exited)
  child.on('error', () => {
    hasFailed = true
    // Without a process there is no exit event to wait for.
    if (child.pid === undefined) exited(null)
  })
  return {
    get pid() {
      return child.pid
    },
    send: (message) => {
      if (!hasFailed && child.connected && typeof message === 'object' && message !== null) child.send(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
      return () => child.off('message', listener)
    },
    onExit: (listener) => exits.add(listener),
    kill: () => {
      // A native computation does not heed polite signals.
      child.kill('SIGKILL')
    },
  }
}
