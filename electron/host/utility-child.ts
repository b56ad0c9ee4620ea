import { utilityProcess } from 'electron'
import { childEnvironment } from '../../node/base/child-environment.ts'
import type { Child, SpawnChild } from '../../node/base/child.ts'
import { Listeners } from '../../node/base/listeners.ts'

/**
 * Starts a child as an Electron utility process, so that no run-as-node fuse is needed.
 *
 * Nothing is posted once it has gone: a post in an exit listener crashed Electron (docs/known-issues.md).
 */
export const spawnUtilityChild: SpawnChild = ({ modulePath, name }): Child => {
  const child = utilityProcess.fork(modulePath, [], {
    serviceName: name,
    stdio: 'ignore',
    env: childEnvironment(process.env),
  })
  let hasExited = false
  const exits = new Listeners<number | null>()
  child.once('exit', (code: number | null) => {
    hasExited = true
    exits.emit(code)
  })
  return {
    get pid() {
      return child.pid
    },
    send: (message) => {
      if (!hasExited) child.postMessage(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
      return () => child.off('message', listener)
    },
    onExit: (listener) => exits.add(listener),
    kill: () => {
      if (hasExited) return
      // A native computation ignores SIGTERM, which is what Electron's `kill` sends.
      if (child.pid !== undefined && process.platform !== 'win32') process.kill(child.pid, 'SIGKILL')
      else child.kill()
    },
  }
}
