import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import type { AnyEvent } from '../host/peer-host.ts'
import { channels } from './channels.ts'
import { FrameBatch } from './frame-batch.ts'

/** One page that asked for events: answers go over a port of its own, the rest as messages. */
export class PageChannel {
  readonly #contents: WebContents
  readonly #port: MessagePortMain
  readonly #batch: FrameBatch

  constructor(contents: WebContents) {
    const { port1, port2 } = new MessageChannelMain()
    this.#contents = contents
    this.#port = port1
    this.#batch = new FrameBatch((events) => port1.postMessage(events))
    contents.postMessage(channels.answers, null, [port2])
  }

  send(event: AnyEvent): void {
    if (event.name === 'chat') this.#batch.add(event.payload)
    else if (!this.#contents.isDestroyed()) this.#contents.send(channels.event, event.name, event.payload)
  }

  close(): void {
    this.#batch.close()
    this.#port.close()
  }
}
