import { Menu, type MenuItemConstructorOptions } from 'electron'
import { texts } from './texts.ts'

export interface MenuActions {
  readonly tryItAlone: () => void
  readonly quit: () => void
}

/** The application menu. Roles give the system's own words and shortcuts. */
export function installMenu(
  actions: MenuActions,
  options: { readonly isMac: boolean; readonly hasDevTools: boolean },
): void {
  const file: MenuItemConstructorOptions = {
    label: texts.file,
    submenu: [
      { id: 'try-it-alone', label: texts.tryItAlone, click: actions.tryItAlone },
      { type: 'separator' },
      options.isMac ? { role: 'close' } : { label: texts.quit, accelerator: 'CmdOrCtrl+Q', click: actions.quit },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: texts.view,
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { role: 'reload' },
      ...(options.hasDevTools ? [{ role: 'toggleDevTools' } as const] : []),
    ],
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(options.isMac ? [{ role: 'appMenu' } as const] : []),
      file,
      { role: 'editMenu', label: texts.edit },
      view,
      { role: 'windowMenu', label: texts.window },
    ]),
  )
}
