import { app, BrowserWindow } from 'electron'
import type { Log } from '../../node/base/log.ts'
import type { OrderlyExit } from './orderly-exit.ts'

/** Routes every way of quitting through one orderly exit. */
export function installQuit(exit: OrderlyExit, log: Log): void {
  app.on('before-quit', (event) => {
    event.preventDefault()
    exit.leave()
    // Closing remembers the place; the person sees at once that quitting works.
    for (const window of BrowserWindow.getAllWindows()) window.close()
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  process.on('uncaughtException', (cause) => {
    log.fatal({ cause }, 'a bug ended Kith')
    exit.noteBug()
    app.quit()
  })
  // An unhandled rejection deep in a library is no reason to drop the generations in progress.
  process.on('unhandledRejection', (cause) => log.error({ cause }, 'a rejection was not handled'))
}
