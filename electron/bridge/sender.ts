import { isPageUrl } from '../windows/page-path.ts'

/** The part of an IPC event that says who sent it. */
export interface SenderEvent {
  readonly sender: { readonly id: number; readonly mainFrame: unknown }
  readonly senderFrame: { readonly url: string } | null
}

/** True when a message comes from the main frame of one of our windows while it shows our own page. */
export function isTrustedSender(event: SenderEvent, ownContentsIds: ReadonlySet<number>): boolean {
  const frame = event.senderFrame
  return (
    frame !== null && frame === event.sender.mainFrame && isPageUrl(frame.url) && ownContentsIds.has(event.sender.id)
  )
}
