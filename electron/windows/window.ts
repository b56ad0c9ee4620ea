import { BrowserWindow, nativeTheme, screen, type NativeImage } from 'electron'
import type { Log } from '../../node/base/log.ts'
import { pageUrl } from './page-path.ts'
import { minimumSize, placeBeside, placeWindow, readWindowState, writeWindowState, type Area } from './window-state.ts'

export interface WindowOptions {
  readonly title: string
  readonly preloadPath: string
  readonly stateFile: string
  readonly icon: NativeImage
  /** A window of the demo stands on its half of the screen and is not remembered. */
  readonly side: 'left' | 'right' | null
  readonly log: Log
}

/** Colours of the page's first paint, so that the window never flashes. The --canvas of renderer/styles/tokens.css. */
const backgrounds = { dark: '#121a18', light: '#f7fbf9' }

/** Opens the window at once; the page fills it while the peer starts behind. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const areas = workAreas()
  const place = options.side
    ? placeBeside(options.side, areas[0])
    : placeWindow(readWindowState(options.stateFile), areas)
  const window = new BrowserWindow({
    x: place.x,
    y: place.y,
    width: place.width,
    height: place.height,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: options.title,
    icon: options.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
    webPreferences: {
      preload: options.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Chromium would fetch its dictionaries from the network.
      spellcheck: false,
    },
  })
  if (place.isMaximized) window.maximize()
  window.on('page-title-updated', (event) => event.preventDefault())
  if (!options.side) window.on('close', () => rememberPlace(window, options))
  return window
}

/** Loads the page. A failure is logged: the window stays, and a reload is one key away. */
export function loadPage(window: BrowserWindow, log: Log): void {
  window.loadURL(pageUrl).catch((cause: unknown) => {
    if (!window.isDestroyed()) log.error({ cause }, 'the page did not load')
  })
}

function rememberPlace(window: BrowserWindow, { stateFile, log }: WindowOptions): void {
  try {
    writeWindowState(stateFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() })
  } catch (cause) {
    log.warn({ cause }, 'the place of the window could not be written')
  }
}

function workAreas(): [Area, ...Area[]] {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id)
  return [primary.workArea, ...others.map((display) => display.workArea)]
}
