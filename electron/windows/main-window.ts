import path from 'node:path'
import { app, type BrowserWindow, type NativeImage, type WebContents } from 'electron'
import type { Configuration } from '../../node/base/configuration.ts'
import type { Log } from '../../node/base/log.ts'
import type { AnyEvent } from '../host/peer-host.ts'
import { recoverFromCrashes } from './crash-recovery.ts'
import { loadPage, openWindow } from './window.ts'
import { windowTitle } from './window-title.ts'

/** Where the windows of a demo stand. */
const sides = { none: null, first: 'left', second: 'right' } as const

/** What the window asks of the bridge to its page. */
interface Bridge {
  admit(contents: WebContents): void
  deliver(event: AnyEvent): void
}

/** The one window of this process: opened, closed to the tray, opened again. */
export class MainWindow {
  #window: BrowserWindow | null = null

  constructor(
    private readonly options: {
      readonly configuration: Configuration
      readonly bridge: Bridge
      readonly icon: NativeImage
      readonly log: Log
    },
  ) {}

  get current(): BrowserWindow | null {
    return this.#window
  }

  /** Brings the window to the front, opening it where it is closed. */
  show(): BrowserWindow {
    const window = this.#window ?? this.#open()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    return window
  }

  #open(): BrowserWindow {
    const { configuration, bridge, icon, log } = this.options
    const window = openWindow({
      title: windowTitle(configuration),
      preloadPath: path.join(app.getAppPath(), 'out', 'preload', 'preload.cjs'),
      stateFile: path.join(app.getPath('userData'), 'window-state.json'),
      icon,
      side: sides[configuration.demoRole],
      log,
    })
    this.#window = window
    window.once('closed', () => (this.#window = null))
    bridge.admit(window.webContents)
    recoverFromCrashes(window, { deliver: (event) => bridge.deliver(event), quit: () => app.quit(), log })
    loadPage(window, log)
    return window
  }
}
