import { Notification, type NativeImage } from 'electron'
import type { Log } from '../../node/base/log.ts'
import { texts } from './texts.ts'
import { KithTray, type TrayActions, type TrayState } from './tray.ts'

/** Life without a window: the tray icon, where the desktop has one, and a notification when the window goes. */
export class Background {
  #tray: KithTray | null = null
  #hasTold = false

  constructor(private readonly log: Log) {}

  /** Whether a person can get the window back from here. */
  get isReachable(): boolean {
    return this.#tray !== null
  }

  open(icon: NativeImage, actions: TrayActions): void {
    try {
      this.#tray = new KithTray(icon, actions)
    } catch (cause) {
      this.log.warn({ cause }, 'this desktop has no tray')
    }
  }

  show(state: TrayState): void {
    this.#tray?.show(state)
  }

  /** Says once that closing the window did not quit, and why. */
  tellStillSharing(): void {
    if (this.#hasTold || !Notification.isSupported()) return
    this.#hasTold = true
    new Notification({ title: texts.appName, body: texts.stillSharing }).show()
  }

  /** Says that quitting waits for others, and for how long. */
  tellFinishing(answers: number): void {
    const words = texts.finishing(answers)
    this.#tray?.tell(words)
    if (Notification.isSupported()) new Notification({ title: texts.appName, body: words }).show()
  }

  close(): void {
    this.#tray?.destroy()
    this.#tray = null
  }
}
