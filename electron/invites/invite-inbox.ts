import { parseInviteLink } from './invite-link.ts'

/**
 * Holds an invite link that came from outside until a page takes it.
 *
 * A page listens first and takes then; so until it has taken, links wait here, and later ones go to it as events.
 */
export class InviteInbox {
  #pending: string | null = null
  #pageListens = false

  constructor(private readonly sendToPage: (link: string) => void) {}

  /** Takes a link from the system; anything that is no invite is dropped. Returns whether it was one. */
  receive(text: unknown): boolean {
    const link = parseInviteLink(text)
    if (!link) return false
    if (this.#pageListens) this.sendToPage(link)
    else this.#pending = link
    return true
  }

  take(): string | null {
    const link = this.#pending
    this.#pending = null
    this.#pageListens = true
    return link
  }

  /** The page closed or loads anew. */
  pageGone(): void {
    this.#pageListens = false
  }
}
