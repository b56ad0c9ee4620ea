import { app, BrowserWindow } from 'electron'
import { withDeadline } from '../../node/base/deadline.ts'
import type { Log } from '../../node/base/log.ts'

/** Peers get their goodbye and the stores their last write, but nobody waits longer than this for a window to go. */
const stopDeadlineMs = 10_000
/** sysexits.h EX_SOFTWARE, for the exit after a bug. */
const bugExitCode = 70

/** Every way out leads through one polite stop with a deadline. */
export function installQuit(stop: () => Promise<void>, log: Log): void {
  let exitCode = 0
  let isStopping = false

  app.on('before-quit', (event) => {
    event.preventDefault()
    if (isStopping) return
    isStopping = true
    // Closing remembers the place; the person sees at once that quitting works.
    for (const window of BrowserWindow.getAllWindows()) window.close()
    leave().catch((cause: unknown) => {
      log.error({ cause }, 'the stop failed')
      app.exit(bugExitCode)
    })
  })

  async function leave(): Promise<void> {
    const stopped = await withDeadline(stop(), stopDeadlineMs)
    if (!stopped.inTime) log.warn('not everything closed in time')
    app.exit(exitCode)
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  process.on('uncaughtException', (cause) => {
    log.fatal({ cause }, 'a bug ended Kith')
    exitCode = bugExitCode
    app.quit()
  })
  // A forgotten rejection deep in a library is no reason to drop the answers in progress.
  process.on('unhandledRejection', (cause) => log.error({ cause }, 'a rejection was not handled'))
}
