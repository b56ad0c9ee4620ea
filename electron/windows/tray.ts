import { Menu, Tray, type NativeImage } from 'electron'
import { texts } from './texts.ts'

export interface TrayState {
  readonly isSignedIn: boolean
  readonly isSharing: boolean
}

export interface TrayActions {
  readonly open: () => void
  readonly setSharing: (isEnabled: boolean) => void
  readonly quit: () => void
}

/** The icon beside the clock: whether this computer shares, and the switch for it. */
export class KithTray {
  readonly #tray: Tray

  constructor(
    icon: NativeImage,
    private readonly actions: TrayActions,
  ) {
    this.#tray = new Tray(icon.resize({ width: 22, height: 22 }))
    this.#tray.on('click', actions.open)
    this.show({ isSignedIn: false, isSharing: false })
  }

  /** Linux copies a menu when it is set, so every change sets a new one. */
  show(state: TrayState): void {
    this.#tray.setToolTip(state.isSharing ? texts.traySharing : texts.trayNotSharing)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: texts.open, click: this.actions.open },
        {
          label: texts.share,
          type: 'checkbox',
          checked: state.isSharing,
          enabled: state.isSignedIn,
          click: () => this.actions.setSharing(!state.isSharing),
        },
        { type: 'separator' },
        { label: texts.quit, click: this.actions.quit },
      ]),
    )
  }

  /** Shows why the app is still here while it quits; quitting again does not wait. */
  tell(words: string): void {
    this.#tray.setToolTip(words)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words, enabled: false },
        { type: 'separator' },
        { label: texts.quitNow, click: this.actions.quit },
      ]),
    )
  }

  destroy(): void {
    this.#tray.destroy()
  }
}
