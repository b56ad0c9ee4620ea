import { ipcMain, type WebContents } from 'electron'
import { fail } from '../../node/contract/result.ts'
import type { Log } from '../../node/base/log.ts'
import type { CallRouter } from './call-router.ts'
import { channels } from './channels.ts'
import { PageChannel } from './page-channel.ts'
import type { AnyEvent } from '../host/peer-host.ts'
import { isTrustedSender } from './sender.ts'

/** Notices kept for a page that is still loading. */
const maxWaiting = 8

/** The bridge's host side: calls in from our own pages, events out to those that asked for them. */
export class PageBridge {
  readonly #ownContentsIds = new Set<number>()
  readonly #pages = new Map<number, PageChannel>()
  #waiting: AnyEvent[] = []
  #isListening = false

  constructor(
    route: CallRouter,
    private readonly log: Log,
    private readonly onPageGone: () => void,
  ) {
    ipcMain.handle(channels.call, (event, name: unknown, input: unknown) => {
      if (isTrustedSender(event, this.#ownContentsIds)) return route(name, input)
      this.log.warn('a call from a foreign page was refused')
      return fail('bad_request', { reason: 'it does not come from a window of Kith' })
    })
    ipcMain.on(channels.subscribe, (event) => {
      if (!isTrustedSender(event, this.#ownContentsIds)) return
      this.#pages.get(event.sender.id)?.close()
      this.#pages.set(event.sender.id, new PageChannel(event.sender))
    })
  }

  /** Lets the pages of this window in. A page that goes away loses its subscription. */
  admit(contents: WebContents): void {
    const { id } = contents
    this.#ownContentsIds.add(id)
    // Not when a navigation starts: one that is refused leaves the page, and its subscription, in place.
    contents.on('did-navigate', () => this.#drop(id))
    contents.on('render-process-gone', () => this.#drop(id))
    contents.once('destroyed', () => {
      this.#drop(id)
      this.#ownContentsIds.delete(id)
    })
  }

  /** Sends an event to every page that asked. */
  broadcast(event: AnyEvent): void {
    for (const page of this.#pages.values()) page.send(event)
  }

  /** Sends what must not be lost: a page that is still loading gets it once it listens. */
  deliver(event: AnyEvent): void {
    if (this.#isListening) this.broadcast(event)
    else this.#waiting = [...this.#waiting.slice(-maxWaiting + 1), event]
  }

  /** The page has set up everything it listens with; it says so by taking its invite link. */
  pageListens(): void {
    this.#isListening = true
    for (const event of this.#waiting.splice(0)) this.broadcast(event)
  }

  close(): void {
    ipcMain.removeHandler(channels.call)
    ipcMain.removeAllListeners(channels.subscribe)
    for (const id of [...this.#pages.keys()]) this.#drop(id)
  }

  #drop(id: number): void {
    this.#pages.get(id)?.close()
    if (!this.#pages.delete(id)) return
    this.#isListening = false
    this.onPageGone()
  }
}
