import { appStateSchema } from '../../node/contract/state.ts'
import type { AnyEvent, HostedPeer } from '../host/peer-host.ts'

export interface PeerView {
  readonly isSignedIn: boolean
  readonly isSharing: boolean
}

/** The little of the peer's state that tray and window need to know. */
export class PeerViewer {
  #view: PeerView = { isSignedIn: false, isSharing: false }

  constructor(private readonly changed: (before: PeerView, now: PeerView) => void) {}

  get view(): PeerView {
    return this.#view
  }

  /** Takes the whole state once, when a peer has started. */
  async read(peer: HostedPeer): Promise<void> {
    const snapshot = await peer.call('state.snapshot', {})
    if (!snapshot.ok) return
    const { account, sharing } = snapshot.value.state
    this.#set({ isSignedIn: account.current !== null, isSharing: sharing.isEnabled })
  }

  follow(event: AnyEvent): void {
    if (event.name !== 'state') return
    const { slice, value } = event.payload
    if (slice === 'account') {
      const account = appStateSchema.shape.account.safeParse(value)
      if (account.success) this.#set({ ...this.#view, isSignedIn: account.data.current !== null })
    } else if (slice === 'sharing') {
      const sharing = appStateSchema.shape.sharing.safeParse(value)
      if (sharing.success) this.#set({ ...this.#view, isSharing: sharing.data.isEnabled })
    }
  }

  #set(view: PeerView): void {
    if (view.isSignedIn === this.#view.isSignedIn && view.isSharing === this.#view.isSharing) return
    const before = this.#view
    this.#view = view
    this.changed(before, view)
  }
}
