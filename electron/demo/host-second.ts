import { app } from 'electron'
import type { Log } from '../../node/base/log.ts'
import type { PeerHost } from '../host/peer-host.ts'
import { writeReport } from './report.ts'
import { becomeFriend } from './second-role.ts'

/** Runs the second window's part: join, tell the first, and close when the first has gone. */
export async function runSecond(host: PeerHost, inviteText: string | undefined, log: Log): Promise<void> {
  const joined = host.peer ? await becomeFriend(host.peer, inviteText) : await host.start()
  if (joined.ok) {
    process.stdout.write(writeReport({ demo: 'ready' }))
    return
  }
  log.error({ code: joined.error.code }, 'the second window could not join')
  process.stdout.write(writeReport({ demo: 'failed', error: joined.error }), () => app.quit())
}

/** The input ends with the process of the first window, even when that crashed. */
export function closeWithFirst(): void {
  process.stdout.on('error', () => undefined)
  // Windows gives programs with windows no standard input; there the first window ends this one itself.
  if (process.platform === 'win32') return
  process.stdin.once('end', () => app.quit()).resume()
}
