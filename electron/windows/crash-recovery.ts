import { dialog, type BrowserWindow } from 'electron'
import { kithError } from '../../node/contract/errors.ts'
import type { Log } from '../../node/base/log.ts'
import { CrashCounter } from './crash-counter.ts'
import type { AnyEvent } from '../host/peer-host.ts'
import { texts } from './texts.ts'
import { loadPage } from './window.ts'

/** Loads a crashed page again and tells the person; asks first where it keeps crashing. */
export function recoverFromCrashes(
  window: BrowserWindow,
  options: { readonly deliver: (event: AnyEvent) => void; readonly quit: () => void; readonly log: Log },
): void {
  const counter = new CrashCounter()
  const reload = (): void => {
    options.deliver({ name: 'notice', payload: { error: kithError('window_crashed') } })
    loadPage(window, options.log)
  }
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return
    options.log.error({ reason: details.reason, exitCode: details.exitCode }, 'the page crashed')
    if (counter.note(performance.now())) return reload()
    askWhatToDo().then(
      (again) => {
        counter.reset()
        if (!again) options.quit()
        else if (!window.isDestroyed()) reload()
      },
      (cause: unknown) => options.log.error({ cause }, 'the question about the crash could not be shown'),
    )
  })
}

async function askWhatToDo(): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: texts.windowKeepsCrashing,
    detail: texts.windowKeepsCrashingDetail,
    buttons: [texts.openAgain, texts.quit],
    defaultId: 0,
    cancelId: 0,
  })
  return response === 0
}
