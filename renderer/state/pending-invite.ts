import { create } from 'zustand'
import { call, listen } from '../bridge/kith.ts'

interface PendingInvite {
  /** An invite link that was opened and waits for the person to look at it. */
  readonly link: string | null
}

export const usePendingInvite = create<PendingInvite>()(() => ({ link: null }))

export function holdInvite(link: string): void {
  usePendingInvite.setState({ link })
}

export function letGoOfInvite(): void {
  usePendingInvite.setState({ link: null })
}

/** Takes the link this window was opened with and those opened later. Returns the unsubscribe function. */
export async function receiveInvites(): Promise<() => void> {
  const stop = listen('inviteLink', ({ link }) => {
    holdInvite(link)
  })
  const taken = await call('host.takeInviteLink', {})
  if (taken.ok && taken.value.link !== null) holdInvite(taken.value.link)
  return stop
}
